import { Stack, type StackProps } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { failoverAlarmPattern } from '../core/contract/event-patterns.ts';
import type { Application, Fleet } from '../core/contract/fleet.ts';
import { names } from '../core/contract/names.ts';
import { EndpointAlarm, EndpointChecks } from './endpoint-checks.ts';
import { EventForwarding } from './event-forwarding.ts';
import { TrafficRecords, VerdictRecords } from './traffic-records.ts';

/** Where Route 53 keeps its control plane and the metrics of its health checks. */
export const GLOBAL_REGION = 'us-east-1';

export interface GlobalStackProps extends StackProps {
  readonly fleet: Fleet;
}

/**
 * What exists once for the whole fleet: health checks, DNS records, and the alarms on them. It is
 * in us-east-1, because Route 53 is; nothing in it is changed, called or needed to be up while a
 * failover runs.
 *
 * A new inverted check counts as unhealthy until its first data arrives, about half a minute
 * later. A record that hung on it at once would answer with the standby region. Therefore the
 * records are created last, after alarms, rules and an IAM role that CloudFormation takes as long
 * to create; and if they were early, the standby answers only where it has healthy targets.
 */
export class GlobalStack extends Stack {
  constructor(scope: Construct, id: string, { fleet, ...props }: GlobalStackProps) {
    super(scope, id, props);
    const pattern = failoverAlarmPattern(fleet);
    const others = Object.keys(fleet.regions).filter((region) => region !== GLOBAL_REGION);
    const before: Construct[] = [];
    if (pattern !== undefined && others.length > 0) {
      const forwarding = new EventForwarding(this, 'AlarmForwarding', {
        fleet,
        what: 'Endpoint alarms',
        deadLetters: 'forwarded-alarms',
        to: others.map((region) => ({ region, pattern })),
      });
      before.push(forwarding);
    }
    for (const [app, application] of Object.entries(fleet.applications)) {
      if (application.traffic === undefined) continue;
      addTraffic(this, { fleetName: fleet.name, app, application, before });
    }
  }
}

interface AppTraffic {
  readonly fleetName: string;
  readonly app: string;
  readonly application: Application;
  /** What has to exist before the records. */
  readonly before: readonly Construct[];
}

function addTraffic(stack: Stack, { fleetName, app, application, before }: AppTraffic): void {
  const { traffic } = application;
  if (traffic === undefined) return;
  const scope = new Construct(stack, app);
  const checks = new EndpointChecks(scope, 'Checks', { fleetName, app, application, traffic });
  const alarms: Construct[] = [];
  if (application.failover !== undefined) {
    for (const [region, check] of checks.endpoints) {
      const alarmName = names.endpointAlarm(fleetName, app, region);
      alarms.push(new EndpointAlarm(scope, `Alarm-${region}`, { alarmName, check, region }));
    }
    new VerdictRecords(scope, 'Verdicts', { traffic, checks });
  }
  const records = new TrafficRecords(scope, 'Records', { application, traffic, checks });
  records.node.addDependency(checks, ...alarms, ...before);
}
