import type { Change } from '@aws-sdk/client-route-53';
import type { Application, Fleet } from '../core/contract/fleet.ts';
import type { BuiltCloud } from './build-cloud.ts';
import { seedWorkload } from './workload.ts';

/** Puts everything there that is the user's own and that the fleet file only names. */
export function seedUserResources({ cloud, models }: BuiltCloud, fleet: Fleet): void {
  const call = (service: string, operation: string, region: string, input: object): void => {
    void cloud.call({ service, operation, region, input, principal: {} });
  };
  for (const { traffic } of Object.values(fleet.applications)) {
    if (traffic === undefined) continue;
    models.route53.seedHostedZone(traffic.zone.id, traffic.zone.name);
    const changes = hostRecords(traffic);
    if (changes.length === 0) continue;
    const input = { HostedZoneId: traffic.zone.id, ChangeBatch: { Changes: changes } };
    call('route53', 'ChangeResourceRecordSets', 'us-east-1', input);
  }
  seedWorkload(models, fleet, {
    putAlarm: (region, input) => {
      call('cloudwatch', 'PutMetricAlarm', region, input);
    },
    createFunction: (region, name) => {
      models.lambda.seedFunction(region, name, () => ({ status: 'done' }));
    },
  });
}

type Traffic = NonNullable<Application['traffic']>;

/** The user's own names for the load balancers, where they lie in the same zone. */
function hostRecords({ zone, endpoints }: Traffic): readonly Change[] {
  return Object.values(endpoints)
    .filter(({ host, loadBalancer }) => host !== loadBalancer && host.endsWith(`.${zone.name}`))
    .map(({ host, loadBalancer, zoneId }) => ({
      Action: 'CREATE',
      ResourceRecordSet: {
        Name: host,
        Type: 'A',
        AliasTarget: { DNSName: loadBalancer, HostedZoneId: zoneId, EvaluateTargetHealth: false },
      },
    }));
}
