import { createHash } from 'node:crypto';
import type {
  Descriptor,
  ImageRegistry,
  Images,
  Manifest,
  OpenBlob,
  TaggedImage,
} from '../../core/ports.ts';
import type { PutManifest } from '../../core/put-manifest.ts';
import { StaleError } from '../../core/errors.ts';
import type {
  HeldImage,
  RefusedRemoval,
  RemovedImage,
  Repositories,
  RepositorySettings,
} from '../../core/repositories.ts';
import type { Step } from './fake-ports.ts';

/** Registries of all regions, in memory, with one set of blobs and manifests a repository. */
export class FakeImages implements Images, Repositories {
  readonly #registries = new Map<string, FakeRegistry>();
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  in(region: string): FakeRegistry {
    const found = this.#registries.get(region);
    if (found !== undefined) return found;
    const created = new FakeRegistry(region, this.#step);
    this.#registries.set(region, created);
    return created;
  }

  list(region: string): Promise<readonly HeldImage[] | undefined> {
    const registry = this.in(region);
    return registry.isMissing ? Promise.resolve(undefined) : registry.list();
  }

  settings(region: string): Promise<RepositorySettings | undefined> {
    return Promise.resolve(this.in(region).settings);
  }

  async remove(
    region: string,
    _repository: string,
    images: readonly RemovedImage[],
  ): Promise<readonly RefusedRemoval[]> {
    const refused = await this.in(region).remove(images);
    return refused;
  }

  create(region: string, repository: string, settings: RepositorySettings): Promise<void> {
    this.#step('create', `${region} ${repository}`);
    Object.assign(this.in(region), { isMissing: false, settings });
    return Promise.resolve();
  }
}

/** One region's registry: refuses what ECR would refuse, such as a manifest without its layers. */
export class FakeRegistry implements ImageRegistry {
  readonly blobs = new Map<string, Uint8Array>();
  readonly manifests = new Map<string, Manifest>();
  readonly tagged = new Map<string, TaggedImage>();
  readonly immutableTags = new Set<string>();
  readonly reads: string[] = [];
  /** When set, every call fails with it, as in a region that is down. */
  failure: Error | undefined;
  /** There is no repository; what is asked of it fails, as with ECR. */
  isMissing = false;
  settings: RepositorySettings = {
    mutability: 'MUTABLE',
    exclusions: [],
    scansOnPush: false,
    encryption: 'AES256',
  };
  /** What a write of a blob does besides: fails before it reads, or finds the blob there. */
  blobWrites: 'work' | 'fail' | 'find-it-there' = 'work';
  /** What happens in between, such as layers that are collected. */
  beforePut: () => void = () => undefined;
  readonly #region: string;
  readonly #step: Step;
  #pushes = 0;

  constructor(region: string, step: Step) {
    this.#region = region;
    this.#step = step;
  }

  /** Stores content and returns its descriptor, as a push from outside would. */
  addBlob(content: string, mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'): Descriptor {
    const bytes = new TextEncoder().encode(content);
    const digest = digestOf(bytes);
    this.blobs.set(digest, bytes);
    return { digest, size: bytes.length, mediaType };
  }

  addManifest(
    content: Readonly<Record<string, unknown>> & { readonly mediaType: string },
    tag?: string,
  ): Manifest & Descriptor {
    const body = JSON.stringify(content);
    const digest = digestOf(new TextEncoder().encode(body));
    const manifest = { digest, mediaType: content.mediaType, body };
    this.manifests.set(digest, manifest);
    if (tag !== undefined) this.#tag(tag, digest);
    return { ...manifest, size: body.length };
  }

  /** A single-platform image with one layer. */
  addImage(name: string, tag?: string): Manifest & Descriptor {
    const config = this.addBlob(`config of ${name}`, 'application/vnd.oci.image.config.v1+json');
    const layers = [this.addBlob(`layer of ${name}`)];
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    return this.addManifest({ schemaVersion: 2, mediaType, config, layers }, tag);
  }

  manifest(_repository: string, reference: string): Promise<Manifest | undefined> {
    return this.#answer(() => {
      this.reads.push(`manifest ${reference}`);
      return this.manifests.get(this.tagged.get(reference)?.digest ?? reference);
    });
  }

  digests(
    _repository: string,
    references: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    return this.#answer(() => {
      const found = references.map((reference) => {
        this.reads.push(`manifest ${reference}`);
        const digest = this.tagged.get(reference)?.digest ?? reference;
        return this.manifests.has(digest) ? ([reference, digest] as const) : undefined;
      });
      return new Map(found.filter((each) => each !== undefined));
    });
  }

  tags(): Promise<readonly TaggedImage[]> {
    return this.#answer(() => [...this.tagged.values()]);
  }

  list(): Promise<readonly HeldImage[]> {
    return this.#answer(() =>
      [...this.manifests.values()].map(({ digest, body }) => {
        const tagged = [...this.tagged.values()].filter((each) => each.digest === digest);
        const { subject } = JSON.parse(body) as { subject?: { digest: string } };
        return {
          digest,
          tags: tagged.map(({ tag }) => tag),
          pushedAtMs: Math.max(0, ...tagged.map(({ pushedAtMs }) => pushedAtMs)),
          ...(subject === undefined ? {} : { subject: subject.digest }),
        };
      }),
    );
  }

  /** As ECR: by tag the tag, and the image with its last one; nothing that an index refers to. */
  remove(images: readonly RemovedImage[]): Promise<readonly RefusedRemoval[]> {
    return this.#answer(() => {
      const before = [...this.manifests.values()].flatMap(childrenOf);
      return images.flatMap((image): RefusedRemoval[] => {
        const { digest, tag } = image;
        const tags = [...this.tagged.values()].filter((each) => each.digest === digest);
        if (!this.manifests.has(digest)) return [];
        if (tag !== undefined && !tags.some((each) => each.tag === tag)) {
          return this.tagged.has(tag) ? [{ ...image, cause: 'ImageTagDoesNotMatchDigest' }] : [];
        }
        const isLast = tag === undefined || tags.length === 1;
        if (isLast && before.includes(digest)) {
          return [{ ...image, cause: 'ImageReferencedByManifestList' }];
        }
        this.#step('remove', `${this.#region} ${digest} ${tag ?? '-'}`);
        for (const each of tags) if ((tag ?? each.tag) === each.tag) this.tagged.delete(each.tag);
        if (isLast) this.manifests.delete(digest);
        return [];
      });
    });
  }

  referrers(_repository: string, digest: string): Promise<readonly Descriptor[]> {
    return this.#answer(() =>
      [...this.manifests.values()]
        .filter(({ body }) => {
          const { subject } = JSON.parse(body) as { subject?: { digest: string } };
          return subject?.digest === digest;
        })
        .map(({ digest: of, mediaType, body }) => ({ digest: of, mediaType, size: body.length })),
    );
  }

  missingBlobs(_repository: string, digests: readonly string[]): Promise<readonly string[]> {
    return this.#answer(() => digests.filter((digest) => !this.blobs.has(digest)));
  }

  async *readBlob(_repository: string, blob: Descriptor, from = 0): AsyncIterable<Uint8Array> {
    this.reads.push(`blob ${blob.digest}`);
    const content = await this.#answer(() => this.blobs.get(blob.digest));
    if (content === undefined) throw new Error(`no blob ${blob.digest} in ${this.#region}`);
    for (let at = from; at < content.length; at += 8) yield content.subarray(at, at + 8);
  }

  async writeBlob(_repository: string, blob: Descriptor, open: OpenBlob): Promise<void> {
    if (this.blobWrites === 'fail') throw new Error(`${this.#region} takes no blobs`);
    if (this.blobWrites === 'find-it-there') {
      this.blobs.set(blob.digest, new Uint8Array());
      return;
    }
    const parts: Uint8Array[] = [];
    for await (const part of open(0)) parts.push(part);
    const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
    if (digestOf(bytes) !== blob.digest) throw new Error(`blob ${blob.digest} does not verify`);
    await this.#answer(() => {
      this.#step('blob', `${this.#region} ${blob.digest}`);
      this.blobs.set(blob.digest, bytes);
    });
  }

  putManifest(_repository: string, manifest: Manifest, tag?: string): Promise<PutManifest> {
    return this.#answer(() => {
      this.beforePut();
      const missing = referencesOf(manifest).filter(
        (digest) => !this.blobs.has(digest) && !this.manifests.has(digest),
      );
      if (missing.length > 0) return 'incomplete';
      const has = this.manifests.has(manifest.digest);
      const tagged = tag === undefined ? undefined : this.tagged.get(tag);
      if (tag !== undefined && tagged !== undefined && tagged.digest !== manifest.digest) {
        if (this.immutableTags.has(tag)) return 'tag-conflict';
      }
      if (has && (tag === undefined || tagged?.digest === manifest.digest)) return 'present';
      this.#step('manifest', `${this.#region} ${manifest.digest} ${tag ?? '-'}`);
      this.manifests.set(manifest.digest, manifest);
      if (tag !== undefined) this.#tag(tag, manifest.digest);
      return 'written';
    });
  }

  #tag(tag: string, digest: string): void {
    this.#pushes += 1;
    this.tagged.set(tag, { tag, digest, pushedAtMs: this.#pushes * 1_000 });
  }

  #answer<T>(work: () => T): Promise<T> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.isMissing) return Promise.reject(new StaleError(`no repository in ${this.#region}`));
    try {
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

interface Referring {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string; readonly urls?: readonly string[] }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

function childrenOf({ body }: Manifest): readonly string[] {
  return ((JSON.parse(body) as Referring).manifests ?? []).map(({ digest }) => digest);
}

function referencesOf({ body }: Manifest): readonly string[] {
  const { config, layers = [], manifests = [] } = JSON.parse(body) as Referring;
  const stored = layers.filter(({ urls }) => urls === undefined);
  return [...(config === undefined ? [] : [config]), ...stored, ...manifests].map((d) => d.digest);
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
