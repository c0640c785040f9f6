import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Application } from '../core/contract/fleet.ts';

/**
 * Namespace of the metrics behind the user's own alarms. The metric has the alarm's name, so a
 * scenario moves an alarm by putting a value there.
 */
const WORKLOAD_NAMESPACE = 'Workload';

/** A value above this is bad; without data an alarm of the user is OK. */
const ALARM_THRESHOLD = 100;

/** The user's own alarms that an application of the fleet names, each once. */
export function userAlarms(application: Application): readonly PutMetricAlarmInput[] {
  const { scaling, failover } = application;
  const named = [
    ...Object.values(scaling).map(({ alarm }) => alarm),
    failover?.sloAlarm,
    ...(failover?.data ?? []).map((step) => ('alarm' in step ? step.alarm : undefined)),
  ].filter((name) => name !== undefined);
  return [...new Set(named)].map((name) => ({
    AlarmName: name,
    Namespace: WORKLOAD_NAMESPACE,
    MetricName: name,
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: ALARM_THRESHOLD,
    TreatMissingData: 'notBreaching',
  }));
}

/** The user's own functions that a failover of the application invokes. */
export function userFunctions(application: Application): readonly string[] {
  const steps = application.failover?.data ?? [];
  return steps.flatMap((step) => ('invoke' in step ? [step.invoke] : []));
}
