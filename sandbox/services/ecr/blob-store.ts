import { createHash, type Hash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** Larger contents leave memory for a temporary file, so that real images fit a laptop. */
const MEMORY_LIMIT = 8 * 1024 * 1024;

/** Bytes `start` to `end`, both included, as HTTP counts them. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Stored bytes, named by their digest. */
export interface Blob {
  readonly digest: string;
  readonly size: number;
  bytes(range?: ByteRange): Uint8Array;
  stream(range?: ByteRange): Readable;
}

/**
 * Contents of all registries of a local cloud, each stored once. Which registry knows which
 * content is the repositories' business.
 */
export class BlobStore {
  readonly #blobs = new Map<string, Blob>();
  #folder: string | undefined;
  #files = 0;

  writer(): BlobWriter {
    return new BlobWriter(() => this.#newFile());
  }

  /** Keeps what a writer collected; equal content is kept once. */
  keep(writer: BlobWriter): Blob {
    const known = this.#blobs.get(writer.digest());
    if (known !== undefined) {
      writer.discard();
      return known;
    }
    const blob = writer.blob();
    this.#blobs.set(blob.digest, blob);
    return blob;
  }

  get(digest: string): Blob | undefined {
    return this.#blobs.get(digest);
  }

  /** Removes the temporary files. */
  close(): void {
    this.#blobs.clear();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #newFile(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'farshore-blobs-'));
    this.#files += 1;
    return join(this.#folder, `${this.#files}`);
  }
}

/** Collects the bytes of one upload and their digest. */
export class BlobWriter {
  readonly #hash: Hash = createHash('sha256');
  readonly #newFile: () => string;
  #chunks: Uint8Array[] = [];
  #file: string | undefined;
  #size = 0;

  constructor(newFile: () => string) {
    this.#newFile = newFile;
  }

  get size(): number {
    return this.#size;
  }

  append(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    if (this.#file === undefined && this.#size > MEMORY_LIMIT) this.#spill();
    if (this.#file === undefined) this.#chunks.push(Uint8Array.from(chunk));
    else appendFileSync(this.#file, chunk);
  }

  /** Digest of what has come so far. */
  digest(): string {
    return `sha256:${this.#hash.copy().digest('hex')}`;
  }

  blob(): Blob {
    const named = { digest: this.digest(), size: this.#size };
    return this.#file === undefined
      ? { ...named, ...inMemory(Buffer.concat(this.#chunks)) }
      : { ...named, ...inFile(this.#file) };
  }

  discard(): void {
    this.#chunks = [];
    if (this.#file !== undefined) rmSync(this.#file, { force: true });
  }

  #spill(): void {
    this.#file = this.#newFile();
    appendFileSync(this.#file, Buffer.concat(this.#chunks));
    this.#chunks = [];
  }
}

type Access = Pick<Blob, 'bytes' | 'stream'>;

function inMemory(content: Buffer): Access {
  const bytes = (range?: ByteRange): Uint8Array =>
    range === undefined ? content : content.subarray(range.start, range.end + 1);
  return { bytes, stream: (range) => Readable.from([bytes(range)]) };
}

function inFile(file: string): Access {
  return {
    bytes: (range) => (range === undefined ? readFileSync(file) : readPart(file, range)),
    stream: (range) => createReadStream(file, range),
  };
}

function readPart(file: string, { start, end }: ByteRange): Uint8Array {
  const part = Buffer.alloc(end - start + 1);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, part, 0, part.length, start);
    return part;
  } finally {
    closeSync(handle);
  }
}
