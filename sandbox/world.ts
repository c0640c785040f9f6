import { Random } from './random.ts';

interface DueEvent {
  readonly atMs: number;
  readonly order: number;
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

/** Takes a planned event back. */
export type Cancel = () => void;

/**
 * Time and chance of a local cloud. Everything that happens later stands in one queue, so that a
 * driver alone decides how fast time passes: `real-time-driver.ts` beside the machine's clock,
 * a virtual one as fast as it can.
 */
export class World {
  readonly random: Random;
  #nowMs: number;
  #order = 0;
  #queue: DueEvent[] = [];
  #onPlanned: () => void = () => undefined;

  constructor(options: { readonly seed: number; readonly startMs: number }) {
    this.random = new Random(options.seed);
    this.#nowMs = options.startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Plans something; equal times run in the order they were planned. */
  after(delayMs: number, name: string, run: () => void | Promise<void>): Cancel {
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const event = { atMs, order: this.#order++, name, run };
    const place = this.#queue.findIndex((other) => other.atMs > atMs);
    this.#queue.splice(place === -1 ? this.#queue.length : place, 0, event);
    this.#onPlanned();
    return () => {
      this.#queue = this.#queue.filter((other) => other !== event);
    };
  }

  /** Plans something again and again, the first time after one interval. */
  every(intervalMs: number, name: string, run: () => void | Promise<void>): Cancel {
    let isCancelled = false;
    let cancel: Cancel = () => undefined;
    const plan = (): void => {
      cancel = this.after(intervalMs, name, async () => {
        await run();
        if (!isCancelled) plan();
      });
    };
    plan();
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  /** When the next event is due; undefined when none is planned. */
  nextDueMs(): number | undefined {
    return this.#queue[0]?.atMs;
  }

  /** For drivers: is told whenever something was planned. */
  onPlanned(listener: () => void): void {
    this.#onPlanned = listener;
  }

  /** For drivers: lets time pass to this moment and starts what is due, without waiting for it. */
  advanceTo(ms: number, onError: (name: string, error: unknown) => void): void {
    for (let next = this.#queue[0]; next !== undefined && next.atMs <= ms; next = this.#queue[0]) {
      this.#queue.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      const { name, run } = next;
      void Promise.resolve()
        .then(run)
        .catch((error: unknown) => {
          onError(name, error);
        });
    }
    this.#nowMs = Math.max(this.#nowMs, ms);
  }
}
