import type { Application, Fleet } from '../core/contract/fleet.ts';
import { Random } from '../sandbox/random.ts';

/** A step as it is written in a file. */
export type WrittenStep = { readonly at: string } & Readonly<Record<string, unknown>>;

/** Draws places and times of a fleet from a seed. */
export class Draw {
  readonly fleet: Fleet;
  readonly #random: Random;

  constructor(fleet: Fleet, seed: number) {
    this.fleet = fleet;
    this.#random = new Random(seed);
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + this.#random.integer(to - from + 1);
  }

  /** A duration between two numbers of seconds, as it is written. */
  seconds(from: number, to: number): string {
    return `${this.whole(from, to)}s`;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#random.integer(items.length)];
    if (item === undefined) throw new Error('nothing is there to be picked');
    return item;
  }

  /** Whether something happens that happens so many times in ten. */
  chance(inTen: number): boolean {
    return this.#random.integer(10) < inTen;
  }

  application(): { readonly app: string; readonly of: Application } {
    const [app, of] = this.pick(Object.entries(this.fleet.applications));
    return { app, of };
  }

  region(): string {
    return this.pick(Object.keys(this.fleet.regions));
  }

  /** Another end of a link, `internet` being one. */
  otherEnd(region: string): string {
    const others = Object.keys(this.fleet.regions).filter((other) => other !== region);
    return this.pick([...others, 'internet']);
  }
}

/** A moment so many seconds after the beginning. */
export const at = (second: number): string => `${second}s`;
