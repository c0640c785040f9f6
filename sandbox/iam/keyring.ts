import type { Principal } from '../service-model.ts';

/** Dummy credentials; the local cloud checks no signatures. */
export interface DummyCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Which access key stands for which role in which region; every other key is a person. */
export class Keyring {
  readonly #principals = new Map<string, Principal>();
  readonly #keys = new Map<string, string>();

  /** The same principal gets the same key again. */
  credentialsFor(principal: Principal): DummyCredentials {
    const identity = `${principal.roleArn ?? ''}|${principal.region ?? ''}`;
    const known = this.#keys.get(identity);
    const accessKeyId = known ?? `ASIALOCAL${String(this.#keys.size + 1).padStart(11, '0')}`;
    this.#keys.set(identity, accessKeyId);
    this.#principals.set(accessKeyId, principal);
    return { accessKeyId, secretAccessKey: 'local' };
  }

  principalOf(accessKeyId: string | undefined): Principal {
    return (accessKeyId === undefined ? undefined : this.#principals.get(accessKeyId)) ?? {};
  }
}
