import type {
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  DescribeAlarmsForMetricCommandInput,
  DescribeAlarmsForMetricCommandOutput,
  MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { dimensionsOf } from './alarm.ts';
import type { Alarm } from './alarm.ts';
import type { CloudWatchModel } from './cloudwatch-model.ts';

/** CloudWatch's page when a request names none. */
const PAGE_SIZE = 50;

/** Metric alarms; composite alarms do not exist here, so their list is empty. */
export function describeAlarms(
  model: CloudWatchModel,
): Operation<DescribeAlarmsCommandInput, Omit<DescribeAlarmsCommandOutput, '$metadata'>> {
  return {
    resources: (input, call) =>
      input.AlarmNames?.map((name) => model.alarmArn(call.region, name)) ?? ['*'],
    handle: (input, call) => {
      if (input.AlarmNames !== undefined && input.AlarmNamePrefix !== undefined) {
        throw new ServiceError(
          'ValidationError',
          'AlarmNames and AlarmNamePrefix cannot be used together.',
        );
      }
      const wantsMetrics = input.AlarmTypes?.includes('MetricAlarm') ?? true;
      const all = [...model.in(call.region).alarms.values()]
        .filter((alarm) => wantsMetrics && matches(alarm, input))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
      const start = Number(input.NextToken ?? 0);
      const end = start + (input.MaxRecords ?? input.AlarmNames?.length ?? PAGE_SIZE);
      return {
        MetricAlarms: all.slice(start, end).map(described),
        CompositeAlarms: [],
        NextToken: end < all.length ? String(end) : undefined,
      };
    },
  };
}

function matches({ name, condition, input: given }: Alarm, input: DescribeAlarmsCommandInput) {
  const prefix = input.ActionPrefix;
  const actions = [
    ...(given.OKActions ?? []),
    ...(given.AlarmActions ?? []),
    ...(given.InsufficientDataActions ?? []),
  ];
  return (
    (input.AlarmNames?.includes(name) ?? true) &&
    name.startsWith(input.AlarmNamePrefix ?? '') &&
    [undefined, condition.value].includes(input.StateValue) &&
    (prefix === undefined || actions.some((action) => action.startsWith(prefix)))
  );
}

export function describeAlarmsForMetric(
  model: CloudWatchModel,
): Operation<
  DescribeAlarmsForMetricCommandInput,
  Omit<DescribeAlarmsForMetricCommandOutput, '$metadata'>
> {
  return {
    resources: () => ['*'],
    handle: (input, call) => ({
      MetricAlarms: [...model.in(call.region).alarms.values()]
        .filter(({ input: given }) => {
          return (
            given.MetricName === input.MetricName &&
            given.Namespace === input.Namespace &&
            same(dimensionsOf(given.Dimensions), dimensionsOf(input.Dimensions)) &&
            [undefined, given.Statistic].includes(input.Statistic) &&
            [undefined, given.Period].includes(input.Period)
          );
        })
        .map(described),
    }),
  };
}

function same(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
  );
}

function described(alarm: Alarm): MetricAlarm {
  const { input, condition } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: input.AlarmDescription,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredMs),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: input.OKActions ?? [],
    AlarmActions: input.AlarmActions ?? [],
    InsufficientDataActions: input.InsufficientDataActions ?? [],
    StateValue: condition.value,
    StateReason: condition.reason,
    StateReasonData: condition.reasonData,
    StateUpdatedTimestamp: new Date(condition.sinceMs),
    StateTransitionedTimestamp: new Date(condition.sinceMs),
    MetricName: input.MetricName,
    Namespace: input.Namespace,
    Statistic: input.Statistic,
    Dimensions: input.Dimensions ?? [],
    Period: input.Metrics === undefined ? input.Period : undefined,
    EvaluationPeriods: input.EvaluationPeriods,
    DatapointsToAlarm: input.DatapointsToAlarm,
    Threshold: input.Threshold,
    ComparisonOperator: input.ComparisonOperator,
    TreatMissingData: input.TreatMissingData,
    Metrics: input.Metrics,
  };
}
