/** One reader's end of a shared stream; call `detach` when it will not read any more. */
export interface Outlet extends AsyncIterable<Uint8Array> {
  detach(): void;
}

/**
 * How far the fastest reader may run ahead of the slowest, in bytes. Bounds the memory of one
 * blob in flight whatever the number of targets, because readers share the chunks.
 */
const WINDOW_BYTES = 8 * 1024 * 1024;

/**
 * Reads a stream once for several readers. The source is read only while every reader that is
 * still attached has room, so a slow target holds the others back instead of filling memory.
 */
export function fanOut(
  source: AsyncIterable<Uint8Array>,
  readers: number,
  windowBytes = WINDOW_BYTES,
): readonly Outlet[] {
  const queues = Array.from({ length: readers }, () => new Queue());
  let pumping: Promise<void> | undefined;
  const pump = async (): Promise<void> => {
    try {
      for await (const chunk of source) {
        for (const queue of queues) queue.push(chunk);
        for (const queue of queues) await queue.room(windowBytes);
        if (queues.every(({ isDetached }) => isDetached)) break;
      }
      for (const queue of queues) queue.end();
    } catch (error) {
      for (const queue of queues) queue.fail(error);
    }
  };
  return queues.map((queue) => ({
    detach: () => {
      queue.detach();
    },
    async *[Symbol.asyncIterator]() {
      pumping ??= pump();
      try {
        for (;;) {
          const chunk = await queue.next();
          if (chunk === undefined) return;
          yield chunk;
        }
      } finally {
        queue.detach();
      }
    },
  }));
}

/** Chunks on their way to one reader. */
class Queue {
  isDetached = false;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void)[] = [];

  push(chunk: Uint8Array): void {
    if (this.isDetached) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#changed();
  }

  end(): void {
    this.#ended = true;
    this.#changed();
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#changed();
  }

  detach(): void {
    this.isDetached = true;
    this.#chunks = [];
    this.#bytes = 0;
    this.#changed();
  }

  /** Resolves when the reader has caught up enough, or reads no more. */
  async room(windowBytes: number): Promise<void> {
    while (!this.isDetached && this.#bytes >= windowBytes) await this.#change();
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#bytes -= chunk.length;
        this.#changed();
        return chunk;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#ended || this.isDetached) return undefined;
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
