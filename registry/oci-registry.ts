import { createHash } from 'node:crypto';
import type {
  BlobStream,
  Descriptor,
  ImageRegistry,
  Manifest,
  OpenBlob,
  TaggedImage,
  UploadPage,
} from '../core/ports.ts';
import type { PutManifest } from '../core/put-manifest.ts';
import { inParallel } from '../core/replication/in-parallel.ts';
import { noUploadPage } from '../core/replication/upload-book.ts';
import { downloadBlob } from './download-blob.ts';
import { readBytes, readText } from './read-text.ts';
import type { RegistryClient } from './registry-client.ts';
import { Referrers } from './referrers.ts';
import { refusalOf, RegistryError } from './registry-error.ts';
import { listTags } from './list-tags.ts';
import { uploadBlob } from './upload-blob.ts';
import { verified, WrongContent } from './verified.ts';

/** Every kind of manifest, so that a registry gives the one it has and converts nothing. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.artifact.manifest.v1+json',
  'application/vnd.cncf.oras.artifact.manifest.v1+json',
].join(', ');

/** What registries take at most; a larger answer is a mistake or an attack. */
const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

const LOOKUPS_PARALLEL = 16;

/** Any registry that speaks the OCI distribution specification over HTTP. */
export class OciRegistry implements ImageRegistry {
  readonly #client: RegistryClient;
  readonly #referrers: Referrers;

  constructor(client: RegistryClient) {
    this.#client = client;
    this.#referrers = new Referrers(client, this);
  }

  async manifest(repository: string, reference: string): Promise<Manifest | undefined> {
    const what = `read the manifest ${reference} of ${repository}`;
    const answer = await this.#client.call({
      method: 'GET',
      url: `${repository}/manifests/${reference}`,
      repository,
      headers: { accept: ACCEPT },
      expect: [200, 404],
      what,
    });
    if (answer.status === 404) {
      this.#client.drop(answer);
      return undefined;
    }
    return manifestOf(await this.#wholeBody(answer, what), {
      reference,
      mediaType: answer.headers['content-type']?.split(';')[0],
    });
  }

  async digests(
    repository: string,
    references: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const found = await inParallel([...new Set(references)], LOOKUPS_PARALLEL, async (each) => {
      const answer = await this.#client.call({
        method: 'HEAD',
        url: `${repository}/manifests/${each}`,
        repository,
        headers: { accept: ACCEPT },
        expect: [200, 404],
        what: `look for ${each} in ${repository}`,
      });
      this.#client.drop(answer);
      if (answer.status === 404) return undefined;
      const told = answer.headers['docker-content-digest'];
      if (typeof told === 'string') return [each, told] as const;
      const digest = (await this.manifest(repository, each))?.digest;
      return digest === undefined ? undefined : ([each, digest] as const);
    });
    return new Map(found.filter((each) => each !== undefined));
  }

  async tags(repository: string): Promise<readonly TaggedImage[]> {
    const digests = await this.digests(repository, await this.tagNames(repository));
    // The specification does not tell when a tag was pushed.
    return [...digests].map(([tag, digest]) => ({ tag, digest, pushedAtMs: 0 }));
  }

  /** Tags in the order of the registry, all pages. */
  tagNames(repository: string): Promise<readonly string[]> {
    return listTags(this.#client, repository);
  }

  referrers(repository: string, digest: string): Promise<readonly Descriptor[]> {
    return this.#referrers.list(repository, digest);
  }

  linkReferrers(
    repository: string,
    subject: string,
    referrers: readonly Manifest[],
  ): Promise<void> {
    return this.#referrers.link(repository, subject, referrers);
  }

  async missingBlobs(repository: string, digests: readonly string[]): Promise<readonly string[]> {
    const missing = await inParallel([...new Set(digests)], LOOKUPS_PARALLEL, async (digest) => {
      const answer = await this.#client.call({
        method: 'HEAD',
        url: `${repository}/blobs/${digest}`,
        repository,
        // A redirect leads to the blob, so it is there.
        expect: [200, 301, 302, 303, 307, 308, 404],
        what: `look for ${digest} in ${repository}`,
      });
      this.#client.drop(answer);
      return answer.status === 404 ? digest : undefined;
    });
    return missing.filter((digest) => digest !== undefined);
  }

  readBlob(repository: string, blob: Descriptor, from = 0): BlobStream {
    const download = downloadBlob(this.#client, { repository, blob, from });
    const content = verified(download, blob, from);
    return {
      [Symbol.asyncIterator]: () => content[Symbol.asyncIterator](),
      recycle: (chunk) => download.recycle?.(chunk),
    };
  }

  writeBlob(
    repository: string,
    blob: Descriptor,
    open: OpenBlob,
    page: UploadPage = noUploadPage,
  ): Promise<void> {
    return uploadBlob(this.#client, { repository, blob, open, page });
  }

  async mountBlob(repository: string, blob: Descriptor, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: blob.digest, from }).toString();
    const url = `${repository}/blobs/uploads/?${query}`;
    const what = `mount ${blob.digest} from ${from}`;
    const answer = await this.#client.call({
      method: 'POST',
      url,
      repository,
      expect: [201, 202, 404, 405],
      what,
    });
    this.#client.drop(answer);
    if (answer.status !== 202) return answer.status === 201;
    // The registry began an upload instead; nobody is going to use it.
    const begun = this.#client.locate(answer.headers.location, url);
    this.#client.drop(
      await this.#client.call({
        method: 'DELETE',
        url: begun,
        repository,
        expect: [200, 202, 204, 400, 404, 405],
        what: `cancel an upload to ${repository}`,
      }),
    );
    return false;
  }

  async putManifest(repository: string, manifest: Manifest, tag?: string): Promise<PutManifest> {
    const what = `write the manifest ${tag ?? manifest.digest} to ${repository}`;
    const answer = await this.#client.call({
      method: 'PUT',
      url: `${repository}/manifests/${tag ?? manifest.digest}`,
      repository,
      headers: { 'content-type': manifest.mediaType },
      body: Buffer.from(manifest.body, 'utf8'),
      expect: [200, 201, 400, 404, 409],
      what,
    });
    if (answer.status < 300) {
      if (answer.headers['oci-subject'] !== undefined) this.#referrers.isListed(manifest.digest);
      this.#client.drop(answer);
      return 'written';
    }
    const body = await readText(this.#client.http, answer, MANIFEST_BYTES_MAX);
    const refusal = refusalOf({
      what: `${this.#client.host}: ${what}`,
      status: answer.status,
      body,
    });
    if (/BLOB_UNKNOWN|^MANIFEST_UNKNOWN/.test(refusal.code ?? '')) return 'incomplete';
    const isTaken = answer.status === 409 || /immutable|TAG_INVALID/i.test(body);
    if (tag !== undefined && isTaken) return 'tag-conflict';
    throw refusal;
  }

  async #wholeBody(answer: Parameters<typeof readBytes>[1], what: string): Promise<Buffer> {
    const length = Number(answer.headers['content-length'] ?? 0);
    if (length <= MANIFEST_BYTES_MAX) {
      return readBytes(this.#client.http, answer, MANIFEST_BYTES_MAX);
    }
    answer.message.destroy();
    throw new RegistryError(
      'refused',
      `${this.#client.host}: ${what}: ${length} bytes are more than the 4 MiB of a manifest`,
    );
  }
}

function manifestOf(
  bytes: Buffer,
  { reference, mediaType }: { readonly reference: string; readonly mediaType: string | undefined },
): Manifest {
  const [algorithm = ''] = reference.includes(':') ? reference.split(':') : ['sha256'];
  const digest = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
  if (reference.includes(':') && digest !== reference) {
    throw new WrongContent(
      `${reference}: the source sent another manifest, ${digest}; push it there again`,
    );
  }
  const body = bytes.toString('utf8');
  if (Buffer.byteLength(body, 'utf8') !== bytes.length) {
    throw new WrongContent(`${digest}: the manifest is no text in UTF-8`);
  }
  return { digest, mediaType: mediaTypeOf(body, mediaType), body };
}

/** What the registry says, unless it says nothing of use. */
function mediaTypeOf(body: string, told: string | undefined): string {
  if (told !== undefined && ACCEPT.includes(told)) return told;
  try {
    const { mediaType } = JSON.parse(body) as { readonly mediaType?: string };
    return mediaType ?? told ?? '';
  } catch {
    // What is no JSON is refused by whoever reads it, with its digest.
    return told ?? '';
  }
}
