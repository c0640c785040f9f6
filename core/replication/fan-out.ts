import type { BlobStream, Clock, OpenBlob } from '../ports.ts';

/** One reader's end of a shared stream; call `detach` when it will not read any more. */
export interface Outlet {
  /**
   * At 0 for the first time it joins the shared read. Any other opening, such as to go on after
   * an upload broke, reads from the source apart from the others.
   */
  readonly open: OpenBlob;
  /** Resolves when this reader was cut off because it held the others back. */
  readonly cut: Promise<void>;
  detach(): void;
}

export interface FanOut {
  /** Its chunks are given back once every reader is done with them. */
  readonly open: (from: number) => BlobStream;
  readonly readers: number;
  readonly clock: Clock;
  /** How far the fastest reader may run ahead of the slowest. */
  readonly windowBytes?: number;
}

/** Bounds the memory of one blob in flight whatever the number of readers: they share chunks. */
export const WINDOW_BYTES = 8 * 1024 * 1024;

/**
 * A reader is cut off when the others waited for it more than half of the time: together they go
 * at its pace, apart at least twice as fast. Two seconds of waiting keep hiccups out.
 */
const HELD_SHARE_MAX = 0.5;
const HELD_MS_MIN = 2_000;

/**
 * Reads a stream once for several readers. The source is read only while every reader has room,
 * so memory is bounded; a reader that holds the others back too long goes on by itself, from the
 * byte it had reached.
 */
export function fanOut({
  open,
  readers,
  clock,
  windowBytes = WINDOW_BYTES,
}: FanOut): readonly Outlet[] {
  const queues = Array.from({ length: readers }, () => new Queue());
  const pump = async (): Promise<void> => {
    const pace = new Pace(clock, queues);
    try {
      const stream = open(0);
      for await (const chunk of stream) {
        const attached = queues.filter(({ isAttached }) => isAttached);
        const shared = new Shared(stream, chunk, attached.length);
        for (const queue of attached) queue.push(shared);
        for (const queue of queues) await pace.room(queue, windowBytes);
        if (!queues.some(({ isAttached }) => isAttached)) break;
      }
      for (const queue of queues) queue.end();
    } catch (error) {
      for (const queue of queues) queue.fail(error);
    }
  };
  // The first bytes come while the readers still ask where to put them.
  if (queues.length > 0) void pump();
  return queues.map((queue) => {
    let isTaken = false;
    const joined = async function* (): AsyncGenerator<Uint8Array, void> {
      let position = 0;
      try {
        for (let shared = await queue.next(); shared; shared = await queue.next()) {
          position += shared.chunk.length;
          try {
            yield shared.chunk;
          } finally {
            shared.release();
          }
        }
      } finally {
        queue.detach();
      }
      if (queue.isCut) yield* alone(open(position));
    };
    return {
      cut: queue.cutOff,
      detach: () => {
        queue.detach();
      },
      open: (from) => {
        if (from === 0 && !isTaken) {
          isTaken = true;
          return joined();
        }
        isTaken = true;
        queue.detach();
        return alone(open(from));
      },
    };
  });
}

/** A reading of one reader's own, which gives each chunk back when the next is asked for. */
async function* alone(stream: BlobStream): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of stream) {
    yield chunk;
    stream.recycle?.(chunk);
  }
}

/** A chunk in the hands of several readers; the last one gives it back. */
class Shared {
  readonly chunk: Uint8Array;
  readonly #stream: BlobStream;
  #readers: number;

  constructor(stream: BlobStream, chunk: Uint8Array, readers: number) {
    this.#stream = stream;
    this.chunk = chunk;
    this.#readers = readers;
  }

  /** A short chunk may keep a large buffer, and the window is about memory. */
  get memoryBytes(): number {
    return this.chunk.buffer.byteLength;
  }

  release(): void {
    this.#readers -= 1;
    if (this.#readers === 0) this.#stream.recycle?.(this.chunk);
  }
}

/** Measures for how long the readers together wait for each single one. */
class Pace {
  readonly #clock: Clock;
  readonly #queues: readonly Queue[];
  readonly #startedAtMs: number;
  readonly #heldMs = new Map<Queue, number>();

  constructor(clock: Clock, queues: readonly Queue[]) {
    this.#clock = clock;
    this.#queues = queues;
    this.#startedAtMs = clock.nowMs();
  }

  async room(queue: Queue, windowBytes: number): Promise<void> {
    while (queue.isAttached && queue.bytes >= windowBytes) await this.#waitFor(queue);
  }

  async #waitFor(slow: Queue): Promise<void> {
    const others = this.#queues.filter((queue) => queue !== slow && queue.isAttached);
    const sinceMs = this.#clock.nowMs();
    await slow.change();
    if (others.length === 0) return;
    const nowMs = this.#clock.nowMs();
    const heldMs = (this.#heldMs.get(slow) ?? 0) + nowMs - sinceMs;
    this.#heldMs.set(slow, heldMs);
    const isStarving = others.every(({ bytes }) => bytes === 0);
    const elapsedMs = nowMs - this.#startedAtMs;
    if (isStarving && heldMs >= HELD_MS_MIN && heldMs > elapsedMs * HELD_SHARE_MAX) slow.cut();
  }
}

/** Chunks on their way to one reader. */
class Queue {
  isAttached = true;
  isCut = false;
  bytes = 0;
  readonly cutOff: Promise<void>;
  #tellCut: () => void = () => undefined;
  #chunks: Shared[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void)[] = [];

  constructor() {
    this.cutOff = new Promise((resolve) => {
      this.#tellCut = resolve;
    });
  }

  push(shared: Shared): void {
    this.#chunks.push(shared);
    this.bytes += shared.memoryBytes;
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
    this.isAttached = false;
    for (const shared of this.#chunks) shared.release();
    this.#chunks = [];
    this.bytes = 0;
    this.#changed();
  }

  /** Its reader goes on apart; what it had not taken yet it reads again. */
  cut(): void {
    this.isCut = true;
    this.#tellCut();
    this.detach();
  }

  /** Undefined at the end of what comes through here. */
  async next(): Promise<Shared | undefined> {
    for (;;) {
      const shared = this.#chunks.shift();
      if (shared !== undefined) {
        this.bytes -= shared.memoryBytes;
        this.#changed();
        return shared;
      }
      if (!this.isAttached) return undefined;
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#ended) return undefined;
      await this.change();
    }
  }

  change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    if (this.#wake.length === 0) return;
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
