import { createHash } from 'node:crypto';
import type { Blob } from './blob-store.ts';
import type { EcrModel } from './ecr-model.ts';

/** How long a download link lives; AWS does not say, presigned links of S3 often live an hour. */
const LINK_LIFE_MS = 3_600_000;

/** Links under which a layer can be read without credentials for a while, as S3 presigns them. */
export class LayerLinks {
  readonly #model: EcrModel;

  constructor(model: EcrModel) {
    this.#model = model;
  }

  create(region: string, repository: string, digest: string): string {
    const expires = `${this.#model.world.nowMs() + LINK_LIFE_MS}`;
    const signature = sign([region, repository, digest, expires]);
    const query = new URLSearchParams({ region, repository, expires, signature });
    return `${this.#model.registryUrl(region)}/layers/${digest}?${query.toString()}`;
  }

  /**
   * The layer a link leads to. `forbidden`: altered or expired. Works without a server, so that a
   * copy in virtual time needs no socket.
   */
  open(url: URL): Blob | 'forbidden' | undefined {
    const digest = url.pathname.split('/').at(-1) ?? '';
    const value = (key: string): string => url.searchParams.get(key) ?? '';
    const [region, repository, expires] = [value('region'), value('repository'), value('expires')];
    if (value('signature') !== sign([region, repository, digest, expires])) return 'forbidden';
    if (this.#model.world.nowMs() > Number(expires)) return 'forbidden';
    const isThere = this.#model.find(region, repository)?.blobs.has(digest) === true;
    return isThere ? this.#model.store.get(digest) : undefined;
  }
}

/** Guards against mistakes, not attackers: the local cloud has no secrets. */
function sign(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}
