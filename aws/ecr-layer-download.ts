import { messageOf } from '../core/errors.ts';
import type { Descriptor } from '../core/ports.ts';
import { verified } from '../registry/verified.ts';

/** How this process speaks HTTP; the local cloud brings its own. */
export type Fetch = typeof globalThis.fetch;

/** How often a download that broke off goes on where it stopped. */
const RESUMES_MAX = 5;

/** How long the store may take to begin its answer, in ms. */
const ANSWER_MS_MAX = 10_000;

export interface LayerDownload {
  /** Asks for an address; each one expires after a while. */
  readonly locate: () => Promise<string>;
  readonly blob: Descriptor;
  /** The first byte wanted. */
  readonly from: number;
}

/** A layer from its presigned address, its digest verified; goes on after a break. */
export function downloadLayer(fetch: Fetch, layer: LayerDownload): AsyncIterable<Uint8Array> {
  return verified(receive(fetch, layer), layer.blob, layer.from);
}

async function* receive(
  fetch: Fetch,
  { locate, blob: { digest, size }, from }: LayerDownload,
): AsyncGenerator<Uint8Array, void> {
  let received = from;
  let url = await locate();
  let isFresh: boolean = true;
  for (let resumes = 0; received < size || resumes === 0; resumes += 1) {
    try {
      for await (const chunk of bytesFrom(fetch, url, received)) {
        received += chunk.byteLength;
        yield chunk;
      }
    } catch (error) {
      const isRefused = error instanceof RefusedError;
      const isExpired: boolean = isRefused && error.status === 403 && !isFresh;
      if ((isRefused && !isExpired) || resumes === RESUMES_MAX) {
        const where = `${digest}, byte ${received} of ${size}`;
        throw new Error(`layer download of ${where}: ${messageOf(error)}`, { cause: error });
      }
      if (isExpired) url = await locate();
      isFresh = isExpired;
      continue;
    }
    if (received !== size) {
      throw new Error(`layer download of ${digest}: ${received} bytes came instead of ${size}`);
    }
  }
}

/** The store answered, and not with the bytes: asking the same again gives the same. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function* bytesFrom(
  fetch: Fetch,
  url: string,
  start: number,
): AsyncGenerator<Uint8Array, void> {
  // Only the wait for an answer has a limit of its own: the body may take as long as it takes.
  const patience = new AbortController();
  const timer = setTimeout(() => {
    patience.abort(new Error(`no answer within ${ANSWER_MS_MAX} ms`));
  }, ANSWER_MS_MAX);
  const headers = start === 0 ? {} : { range: `bytes=${start}-` };
  const response = await fetch(url, { headers, signal: patience.signal }).finally(() => {
    clearTimeout(timer);
  });
  const wanted = start === 0 ? 200 : 206;
  if (response.status !== wanted) {
    await response.body?.cancel();
    throw new RefusedError(
      response.status,
      `the store answered ${response.status} instead of ${wanted}`,
    );
  }
  if (response.body !== null) yield* response.body;
}
