import { fleetSchema } from '../../core/contract/fleet.ts';
import type { Fleet } from '../../core/contract/fleet.ts';

/** A shop in two regions and an observer, with what a test changes of its one application. */
export function fleetOfTest(changes: Readonly<Record<string, unknown>> = {}): Fleet {
  return fleetSchema.parse({
    version: 1,
    name: 'shop',
    regions: {
      'us-east-1': { role: 'workload' },
      'us-west-2': { role: 'workload' },
      'us-east-2': { role: 'observer' },
    },
    applications: {
      storefront: {
        regions: ['us-east-1', 'us-west-2'],
        home: 'us-east-1',
        services: { web: { cluster: 'shop', service: 'storefront-web', container: 'web' } },
        image: { repository: 'shop/storefront', tags: { semver: '>=1.0.0' } },
        ...changes,
      },
    },
  });
}
