import type { World } from './world.ts';

/** Lets a world's time pass as fast as the machine can: rehearsals and tests. */
export class VirtualDriver {
  readonly #world: World;
  readonly #settle: () => Promise<void>;

  /**
   * @param settle waits until everything that one moment started has gone as far as it can without
   *   more time; by default until no promise is left to run, which is enough without sockets
   */
  constructor(world: World, settle: () => Promise<void> = untilIdle) {
    this.#world = world;
    this.#settle = settle;
  }

  /**
   * Plays everything due up to a moment of world time, moment by moment. What one starts is done
   * before the next begins, except for what itself waits for later.
   * @throws the first error of an event, with its name
   */
  async runUntil(ms: number): Promise<void> {
    await this.#settle();
    for (;;) {
      const dueMs = this.#world.nextDueMs();
      if (dueMs === undefined || dueMs > ms) break;
      await this.#advanceTo(dueMs);
    }
    await this.#advanceTo(ms);
  }

  async runFor(ms: number): Promise<void> {
    await this.runUntil(this.#world.nowMs() + ms);
  }

  async #advanceTo(ms: number): Promise<void> {
    const failures: Error[] = [];
    this.#world.advanceTo(ms, (name, cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      failures.push(new Error(`The event ${name} failed: ${reason}`, { cause }));
    });
    await this.#settle();
    const [first] = failures;
    if (first !== undefined) throw first;
  }
}

/** Promises run before the event loop turns, so one turn later none is left that could go on. */
function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
