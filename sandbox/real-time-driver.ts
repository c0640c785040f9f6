import type { World } from './world.ts';

export interface RealTimeOptions {
  /** World seconds per second of the machine. */
  readonly speed: number;
  /** The machine's time at which the world has its present time, in ms; by default now. */
  readonly startRealMs?: number;
  readonly onError: (name: string, error: unknown) => void;
}

/** Without events the clock still moves this often, so that models see a present time. */
const IDLE_TICK_MS = 1_000;

/** Lets a world's time pass beside the machine's clock. */
export class RealTimeDriver {
  readonly speed: number;
  readonly #world: World;
  readonly #onError: (name: string, error: unknown) => void;
  readonly #startWorldMs: number;
  readonly #startRealMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(world: World, options: RealTimeOptions) {
    this.#world = world;
    this.speed = options.speed;
    this.#onError = options.onError;
    this.#startWorldMs = world.nowMs();
    this.#startRealMs = options.startRealMs ?? Date.now();
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
    const elapsedMs = Date.now() - this.#startRealMs;
    const nowMs = Math.floor(this.#startWorldMs + elapsedMs * this.speed);
    // The machine's clock may be set back; the world's never goes back.
    this.#world.advanceTo(Math.max(nowMs, this.#world.nowMs()), this.#onError);
  }

  #plan(): void {
    if (!this.#isRunning) return;
    clearTimeout(this.#timer);
    const dueMs = this.#world.nextDueMs();
    const elapsedMs = Date.now() - this.#startRealMs;
    const waitMs =
      dueMs === undefined
        ? IDLE_TICK_MS
        : Math.ceil((dueMs - this.#startWorldMs) / this.speed - elapsedMs);
    this.#timer = setTimeout(
      () => {
        this.catchUp();
        this.#plan();
      },
      Math.min(Math.max(waitMs, 0), IDLE_TICK_MS),
    );
  }
}
