import type { Descriptor, ImageRegistry, Manifest } from '../core/ports.ts';
import { readText } from './read-text.ts';
import type { RegistryClient } from './registry-client.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** The limit of a manifest, which a list of referrers is. */
const LIST_BYTES_MAX = 4 * 1024 * 1024;

/** A referrer as a list of referrers names it. */
interface Referrer extends Descriptor {
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface ReferrersList {
  readonly manifests?: readonly Referrer[];
}

/**
 * Referrers of one registry. Registries before version 1.1 of the specification do not know them;
 * there, whoever pushes a referrer keeps a list of them under the subject's digest as a tag.
 */
export class Referrers {
  readonly #client: RegistryClient;
  readonly #registry: ImageRegistry;
  /** Manifests that the registry said it lists by itself. */
  readonly #listed = new Set<string>();
  /** Undefined until the registry was asked. */
  #hasApi: boolean | undefined;

  constructor(client: RegistryClient, registry: ImageRegistry) {
    this.#client = client;
    this.#registry = registry;
  }

  /** Notes that the registry knows a manifest for a referrer. */
  isListed(digest: string): void {
    this.#listed.add(digest);
  }

  async list(repository: string, subject: string): Promise<readonly Referrer[]> {
    const [told, tagged] = await Promise.all([
      this.#hasApi === false ? undefined : this.#ask(repository, subject),
      this.#hasApi === true ? undefined : this.#tagged(repository, subject),
    ]);
    this.#hasApi ??= told !== undefined;
    return told ?? (tagged ?? (await this.#tagged(repository, subject))).manifests ?? [];
  }

  /** Makes referrers known that the registry does not list by itself. */
  async link(repository: string, subject: string, referrers: readonly Manifest[]): Promise<void> {
    const unsure = referrers.filter(({ digest }) => !this.#listed.has(digest));
    if (unsure.length === 0) return;
    const known = new Set((await this.list(repository, subject)).map(({ digest }) => digest));
    const added = unsure.filter(({ digest }) => !known.has(digest)).map(descriptorOf);
    if (added.length === 0 || this.#hasApi === true) return;
    const before = await this.#tagged(repository, subject);
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: INDEX,
      ...before,
      manifests: [...(before.manifests ?? []), ...added],
    });
    const list = { digest: '', mediaType: INDEX, body };
    await this.#registry.putManifest(repository, list, tagOf(subject));
  }

  /** Undefined when the registry has no such list at all. */
  async #ask(repository: string, subject: string): Promise<readonly Referrer[] | undefined> {
    const answer = await this.#client.call({
      method: 'GET',
      url: `${repository}/referrers/${subject}`,
      repository,
      headers: { accept: INDEX },
      expect: [200, 400, 404, 405],
      what: `list what refers to ${subject} in ${repository}`,
    });
    const body = await readText(this.#client.http, answer, LIST_BYTES_MAX);
    if (answer.status !== 200) return body.includes('NAME_UNKNOWN') ? [] : undefined;
    return (JSON.parse(body) as ReferrersList).manifests ?? [];
  }

  async #tagged(repository: string, subject: string): Promise<ReferrersList> {
    const found = await this.#registry.manifest(repository, tagOf(subject));
    return found === undefined ? {} : (JSON.parse(found.body) as ReferrersList);
  }
}

/** The specification's name of the list. */
function tagOf(subject: string): string {
  return subject.replace(':', '-');
}

function descriptorOf({ digest, mediaType, body }: Manifest): Referrer {
  const { artifactType, config, annotations } = JSON.parse(body) as {
    readonly artifactType?: string;
    readonly config?: { readonly mediaType?: string };
    readonly annotations?: Readonly<Record<string, string>>;
  };
  const type = artifactType ?? config?.mediaType;
  return {
    mediaType,
    digest,
    size: Buffer.byteLength(body, 'utf8'),
    ...(type === undefined ? {} : { artifactType: type }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
