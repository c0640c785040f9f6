import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ScalingPolicy } from '../core/contract/fleet-scaling.ts';
import type { Fleet, FleetService } from '../core/contract/fleet.ts';
import { names } from '../core/contract/names.ts';

const operators = {
  above: 'GreaterThanThreshold',
  'at-or-above': 'GreaterThanOrEqualToThreshold',
  below: 'LessThanThreshold',
  'at-or-below': 'LessThanOrEqualToThreshold',
} as const;

export interface ScalingAlarmsProps {
  readonly fleet: Fleet;
  readonly region: string;
}

/**
 * One alarm for each scaling policy that gives a metric. The alarms have no actions: EventBridge
 * carries their state changes. Missing data is `missing`, because silence is no reason to scale.
 */
export class ScalingAlarms extends Construct {
  readonly names: readonly string[];

  constructor(scope: Construct, id: string, { fleet, region }: ScalingAlarmsProps) {
    super(scope, id);
    const created: string[] = [];
    for (const [app, application] of Object.entries(fleet.applications)) {
      if (!application.regions.includes(region)) continue;
      for (const [policy, scaling] of Object.entries(application.scaling)) {
        const service = application.services[scaling.service];
        if (scaling.metric === undefined || service === undefined) continue;
        const alarmName = names.scalingAlarm(fleet.name, app, policy);
        created.push(alarmName);
        new CfnAlarm(this, `${app}-${policy}`, {
          alarmName,
          alarmDescription: `Policy ${policy} of ${app}: Farshore acts on it, nobody has to.`,
          ...alarmOn(scaling.metric, service),
          treatMissingData: 'missing',
        });
      }
    }
    this.names = created;
  }
}

function alarmOn(metric: NonNullable<ScalingPolicy['metric']>, service: FleetService) {
  const dimensions = metric.dimensions ?? {
    ClusterName: service.cluster,
    ServiceName: service.service,
  };
  return {
    namespace: metric.namespace,
    metricName: metric.name,
    statistic: metric.statistic,
    dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
    period: metric.period / 1_000,
    evaluationPeriods: metric.evaluate.of,
    datapointsToAlarm: metric.evaluate.datapoints,
    comparisonOperator: operators[metric.comparison],
    threshold: metric.threshold,
  };
}
