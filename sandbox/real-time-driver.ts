import type { World } from './world.ts';

export interface RealTimeOptions {
  /** World seconds per second of the machine. */
  readonly speed: number;
  /** The machine's time at which the world has its present time, in ms; by default now. */
  readonly startRealMs?: number;
  readonly onError: (name: string, error: unknown) => void;
  /** Whether the machine cannot keep up; the world then goes no faster than the machine's clock. */
  readonly isLagging?: () => boolean;
}

/** Without events the clock still moves this often, so that models see a present time. */
const IDLE_TICK_MS = 100;

/**
 * Lets a world's time pass beside the machine's clock. On a busy machine functions take longer but
 * the world must not run away from them, or evidence would be stale before it is read.
 */
export class RealTimeDriver {
  readonly speed: number;
  readonly #world: World;
  readonly #onError: (name: string, error: unknown) => void;
  readonly #isLagging: () => boolean;
  #worldMs: number;
  #realMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(world: World, options: RealTimeOptions) {
    this.#world = world;
    this.speed = options.speed;
    this.#onError = options.onError;
    this.#isLagging = options.isLagging ?? (() => false);
    this.#worldMs = world.nowMs();
    this.#realMs = options.startRealMs ?? Date.now();
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#world.onPlanned(() => {
      this.#plan();
    });
    this.#plan();
  }

  stop(): void {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#world.onPlanned(() => undefined);
  }

  /** Brings the world to this moment; called before a request from outside is answered. */
  catchUp(): void {
    if (!this.#isRunning) return;
    const realMs = Date.now();
    // The machine's clock may be set back; the world's never goes back.
    this.#worldMs += Math.max(0, realMs - this.#realMs) * this.#pace();
    this.#realMs = realMs;
    this.#world.advanceTo(Math.floor(this.#worldMs), this.#onError);
  }

  #pace(): number {
    return this.#isLagging() ? Math.min(1, this.speed) : this.speed;
  }

  #plan(): void {
    if (!this.#isRunning) return;
    clearTimeout(this.#timer);
    const dueMs = this.#world.nextDueMs();
    const waitMs =
      dueMs === undefined ? IDLE_TICK_MS : Math.ceil((dueMs - this.#worldMs) / this.#pace());
    this.#timer = setTimeout(
      () => {
        this.catchUp();
        this.#plan();
      },
      Math.min(Math.max(waitMs, 0), IDLE_TICK_MS),
    );
  }
}
