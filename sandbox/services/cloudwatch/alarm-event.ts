import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { AwsEvent } from '../../service-model.ts';
import { cloudWatchTime, dimensionsOf } from './alarm.ts';
import type { Alarm, AlarmCondition } from './alarm.ts';

/** "CloudWatch Alarm State Change", member for member as CloudWatch sends it. */
export function alarmEvent(alarm: Alarm, previous: AlarmCondition): AwsEvent {
  const description = alarm.input.AlarmDescription;
  return {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      configuration: {
        ...(description === undefined ? {} : { description }),
        metrics: alarm.queries.map(eventMetric),
      },
      previousState: eventState(previous),
      state: eventState(alarm.condition),
    },
  };
}

function eventState(condition: AlarmCondition): object {
  return {
    value: condition.value,
    reason: condition.reason,
    ...(condition.reasonData === undefined ? {} : { reasonData: condition.reasonData }),
    timestamp: cloudWatchTime(condition.sinceMs),
  };
}

function eventMetric(query: MetricDataQuery): object {
  const { Id: id, Expression: expression, Label: label, MetricStat: metricStat } = query;
  const returnData = query.ReturnData ?? true;
  if (expression !== undefined) {
    return { expression, id, ...(label === undefined ? {} : { label }), returnData };
  }
  const metric = metricStat?.Metric;
  return {
    id,
    metricStat: {
      metric: {
        dimensions: dimensionsOf(metric?.Dimensions),
        name: metric?.MetricName,
        namespace: metric?.Namespace,
      },
      period: metricStat?.Period,
      stat: metricStat?.Stat,
    },
    returnData,
  };
}

/** What an alarm sends to its SNS topics. */
export function alarmMessage(
  alarm: Alarm,
  previous: AlarmCondition,
  accountId: string,
): { readonly subject: string; readonly message: string } {
  const { input, condition } = alarm;
  return {
    subject: `${condition.value}: "${alarm.name}" in ${alarm.region}`.slice(0, 100),
    message: JSON.stringify({
      AlarmName: alarm.name,
      AlarmDescription: input.AlarmDescription ?? null,
      AWSAccountId: accountId,
      NewStateValue: condition.value,
      NewStateReason: condition.reason,
      StateChangeTime: cloudWatchTime(condition.sinceMs),
      Region: alarm.region,
      AlarmArn: alarm.arn,
      OldStateValue: previous.value,
      Trigger: {
        MetricName: input.MetricName,
        Namespace: input.Namespace,
        Statistic: input.Statistic?.toUpperCase(),
        Dimensions: (input.Dimensions ?? []).map(({ Name, Value }) => ({
          name: Name,
          value: Value,
        })),
        Period: alarm.periodMs / 1_000,
        EvaluationPeriods: input.EvaluationPeriods,
        ComparisonOperator: input.ComparisonOperator,
        Threshold: input.Threshold,
        TreatMissingData: input.TreatMissingData ?? 'missing',
      },
    }),
  };
}
