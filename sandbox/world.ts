import { type DueEvent, DueQueue } from './due-queue.ts';
import { Random } from './random.ts';

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
  readonly #queue = new DueQueue();
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
    const event: DueEvent = { atMs, order: this.#order++, name, run, isCancelled: false };
    this.#queue.add(event);
    this.#onPlanned();
    return () => {
      event.isCancelled = true;
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
    return this.#queue.first()?.atMs;
  }

  /** For drivers: is told whenever something was planned. */
  onPlanned(listener: () => void): void {
    this.#onPlanned = listener;
  }

  /** For drivers: lets time pass to this moment and starts what is due, without waiting for it. */
  advanceTo(ms: number, onError: (name: string, error: unknown) => void): void {
    for (;;) {
      const next = this.#queue.first();
      if (next === undefined || next.atMs > ms) break;
      this.#queue.removeFirst();
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
