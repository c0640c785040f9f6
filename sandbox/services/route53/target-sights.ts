import type { Hub } from '../../service-model.ts';
import type { World } from '../../world.ts';

/**
 * How often the health of a load balancer's targets is looked at, and how many looks in a row make
 * a verdict, in ms. AWS publishes neither; these are those of the fast health checks.
 */
const LOOK_MS = 10_000;
const LOOKS_MIN = 3;

interface Sight {
  isHealthy: boolean;
  /** Looks in a row that saw the opposite. */
  against: number;
}

/** Load balancers as the name servers know them: some time behind what is so. */
export class TargetSights {
  readonly #world: World;
  readonly #hub: Pick<Hub, 'isTargetHealthy'>;
  readonly #sights = new Map<string, Sight>();

  constructor(world: World, hub: Pick<Hub, 'isTargetHealthy'>) {
    this.#world = world;
    this.#hub = hub;
  }

  /** For alias records: undefined when the name is not a load balancer's. */
  isHealthy(dnsName: string): boolean | undefined {
    const known = this.#sights.get(dnsName);
    if (known !== undefined) return known.isHealthy;
    const isHealthy = this.#hub.isTargetHealthy(dnsName);
    if (isHealthy !== undefined) this.#watch(dnsName, { isHealthy, against: 0 });
    return isHealthy;
  }

  #watch(dnsName: string, sight: Sight): void {
    this.#sights.set(dnsName, sight);
    this.#world.every(LOOK_MS, `route 53 looks at ${dnsName}`, () => {
      const isHealthy = this.#hub.isTargetHealthy(dnsName) === true;
      sight.against = isHealthy === sight.isHealthy ? 0 : sight.against + 1;
      if (sight.against < LOOKS_MIN) return;
      sight.isHealthy = isHealthy;
      sight.against = 0;
    });
  }
}
