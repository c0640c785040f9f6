import type { Pressure } from '../core/meter.ts';
import type { PaceWatcher } from './ecr-pace.ts';

const none: Pressure = { throttles: 0, pacedMs: 0 };

/** Adds up, by region, what throttles and the pace cost until somebody takes the sum. */
export class EcrPressure implements PaceWatcher {
  readonly #byRegion = new Map<string, Pressure>();

  throttled(region: string): void {
    const { throttles, pacedMs } = this.#of(region);
    this.#byRegion.set(region, { throttles: throttles + 1, pacedMs });
  }

  paced(region: string, ms: number): void {
    const { throttles, pacedMs } = this.#of(region);
    this.#byRegion.set(region, { throttles, pacedMs: pacedMs + ms });
  }

  take(region: string): Pressure {
    const taken = this.#of(region);
    this.#byRegion.delete(region);
    return taken;
  }

  #of(region: string): Pressure {
    return this.#byRegion.get(region) ?? none;
  }
}
