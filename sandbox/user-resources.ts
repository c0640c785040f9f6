import type { Fleet } from '../core/contract/fleet.ts';
import type { BuiltCloud } from './build-cloud.ts';
import { seedWorkload } from './workload.ts';

/** Puts everything there that is the user's own and that the fleet file only names. */
export function seedUserResources({ cloud, models }: BuiltCloud, fleet: Fleet): void {
  for (const { traffic } of Object.values(fleet.applications)) {
    if (traffic !== undefined) models.route53.seedHostedZone(traffic.zone.id, traffic.zone.name);
  }
  seedWorkload(models, fleet, {
    putAlarm: (region, input) => {
      const call = { service: 'cloudwatch', operation: 'PutMetricAlarm', input, region };
      void cloud.call({ ...call, principal: {} });
    },
    createFunction: (region, name) => {
      models.lambda.seedFunction(region, name, () => ({ status: 'done' }));
    },
  });
}
