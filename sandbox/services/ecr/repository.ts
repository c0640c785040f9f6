import type { EncryptionConfiguration } from '@aws-sdk/client-ecr';
import type { BlobWriter } from './blob-store.ts';
import type { ParsedManifest } from './manifest.ts';

export type TagMutability = 'MUTABLE' | 'IMMUTABLE';

/** An image or index in one repository. */
export interface Image {
  readonly digest: string;
  /** The manifest, byte for byte as it was pushed. */
  readonly body: string;
  readonly manifest: ParsedManifest;
  readonly pushedAtMs: number;
  readonly tags: Set<string>;
}

/** A layer on its way in, by either door. */
export interface Upload {
  readonly id: string;
  readonly writer: BlobWriter;
  /** Length of each part, in the order they came. */
  readonly parts: number[];
}

/** What one repository of one region holds. */
export class Repository {
  readonly name: string;
  readonly region: string;
  readonly createdAtMs: number;
  mutability: TagMutability;
  scansOnPush = false;
  encryption: EncryptionConfiguration = { encryptionType: 'AES256' };
  /** JSON, as it was put. */
  lifecyclePolicy: string | undefined;
  accessPolicy: string | undefined;
  readonly images = new Map<string, Image>();
  readonly tags = new Map<string, string>();
  /** Digests of the blobs that can be pulled from here, with their sizes. */
  readonly blobs = new Map<string, number>();
  readonly uploads = new Map<string, Upload>();

  constructor(options: {
    readonly name: string;
    readonly region: string;
    readonly createdAtMs: number;
    readonly mutability: TagMutability;
  }) {
    this.name = options.name;
    this.region = options.region;
    this.createdAtMs = options.createdAtMs;
    this.mutability = options.mutability;
  }

  /** By digest or tag. */
  find(reference: string): Image | undefined {
    return this.images.get(this.tags.get(reference) ?? reference);
  }

  tag(tag: string, image: Image): void {
    this.untag(tag);
    this.tags.set(tag, image.digest);
    image.tags.add(tag);
  }

  untag(tag: string): void {
    const digest = this.tags.get(tag);
    if (digest === undefined) return;
    this.tags.delete(tag);
    this.images.get(digest)?.tags.delete(tag);
  }

  remove(image: Image): void {
    for (const tag of image.tags) this.tags.delete(tag);
    this.images.delete(image.digest);
  }

  /** Images whose subject is this digest, in the order they were pushed. */
  referrers(digest: string): readonly Image[] {
    return [...this.images.values()].filter((image) => image.manifest.subject === digest);
  }

  /** Whether any image here is made of this blob. */
  isReferenced(digest: string): boolean {
    return [...this.images.values()].some(({ manifest }) =>
      [manifest.config, ...manifest.layers].some((part) => part?.digest === digest),
    );
  }
}
