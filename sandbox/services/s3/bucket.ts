import { createHash } from 'node:crypto';
import type { Random } from '../../random.ts';

/** One version of an object; a delete marker has no content. */
export interface ObjectVersion {
  readonly key: string;
  /** `null` for objects written without versioning. */
  readonly versionId: string;
  readonly content: Uint8Array | undefined;
  readonly etag: string;
  readonly modifiedAtMs: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the four public access settings of a bucket keep out. New buckets keep out everything. */
export interface PublicAccessBlock {
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** A bucket and the versions of its objects. */
export class Bucket {
  readonly name: string;
  readonly region: string;
  readonly createdAtMs: number;
  policy: string | undefined;
  isVersioned = false;
  publicAccessBlock: PublicAccessBlock = { blockPublicPolicy: true, restrictPublicBuckets: true };
  readonly #random: Random;
  /** By key, the newest version last. */
  readonly #versions = new Map<string, ObjectVersion[]>();

  constructor(name: string, region: string, createdAtMs: number, random: Random) {
    this.name = name;
    this.region = region;
    this.createdAtMs = createdAtMs;
    this.#random = random;
  }

  /** The current version; undefined for none and behind a delete marker. */
  current(key: string): ObjectVersion | undefined {
    const latest = this.#versions.get(key)?.at(-1);
    return latest?.content === undefined ? undefined : latest;
  }

  version(key: string, versionId: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.find((version) => version.versionId === versionId);
  }

  /** Without versioning it replaces what was there. */
  write(object: Omit<ObjectVersion, 'versionId' | 'etag'>): ObjectVersion {
    const etag = `"${createHash('md5')
      .update(object.content ?? '')
      .digest('hex')}"`;
    const version = { ...object, etag, versionId: this.#newVersionId() };
    const kept = (this.#versions.get(object.key) ?? []).filter(
      ({ versionId }) => versionId !== version.versionId,
    );
    this.#versions.set(object.key, [...kept, version]);
    return version;
  }

  /** With versioning it puts a delete marker on top; returns it then. */
  delete(key: string, nowMs: number): ObjectVersion | undefined {
    if (!this.isVersioned) {
      this.#versions.delete(key);
      return undefined;
    }
    return this.write({
      key,
      content: undefined,
      modifiedAtMs: nowMs,
      contentType: '',
      metadata: {},
    });
  }

  deleteVersion(key: string, versionId: string): void {
    const kept = (this.#versions.get(key) ?? []).filter(
      (version) => version.versionId !== versionId,
    );
    this.#versions.set(key, kept);
  }

  /** Current objects in order of their keys' bytes. */
  objects(): readonly ObjectVersion[] {
    return [...this.#versions.keys()]
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .flatMap((key) => this.current(key) ?? []);
  }

  #newVersionId(): string {
    return this.isVersioned ? this.#random.hex(32) : 'null';
  }
}
