import type { Alarm, AlarmCondition } from './alarm.ts';
import { reasonData, reasonText } from './alarm-reason.ts';
import type { Comparison } from './alarm-reason.ts';
import { EXTRA_PERIODS, evaluateAlarm } from './evaluate-alarm.ts';
import type { MissingData } from './evaluate-alarm.ts';
import { floor } from './metric-store.ts';
import type { MetricStore } from './metric-store.ts';
import { queryMetrics } from './query-metrics.ts';

export interface EvaluationTime {
  /** The end of the newest complete minute. */
  readonly minuteMs: number;
  readonly nowMs: number;
}

/** What an alarm's data say now; undefined when they leave its state as it is. */
export function nextCondition(
  alarm: Alarm,
  metrics: MetricStore,
  { minuteMs, nowMs }: EvaluationTime,
): AlarmCondition | undefined {
  const { input, periodMs } = alarm;
  const evaluationPeriods = input.EvaluationPeriods ?? 1;
  const datapointsToAlarm = input.DatapointsToAlarm ?? evaluationPeriods;
  const threshold = input.Threshold ?? 0;
  const comparison = input.ComparisonOperator as Comparison;
  const isBreaching = (value: number): boolean => breaches(value, comparison, threshold);
  const endMs = floor(minuteMs, periodMs);
  const startMs = endMs - (evaluationPeriods + EXTRA_PERIODS) * periodMs;
  const results = queryMetrics(metrics, alarm.queries, { startMs, endMs, periodMs });
  const watched = alarm.queries.find(({ ReturnData: returns }) => returns ?? true);
  const points = results.get(watched?.Id ?? '') ?? [];
  const verdict = evaluateAlarm(points, {
    evaluationPeriods,
    datapointsToAlarm,
    isBreaching,
    missingData: missingDataOf(alarm),
  });
  if (verdict.state === 'retain') return undefined;
  const evaluation = {
    state: verdict.state,
    verdict,
    points,
    startMs,
    periodMs,
    nowMs,
    threshold,
    comparison,
    evaluationPeriods,
    datapointsToAlarm,
    isBreaching,
    statistic: watched?.MetricStat?.Stat,
  };
  return {
    value: verdict.state,
    reason: reasonText(evaluation),
    reasonData: reasonData(evaluation),
    sinceMs: nowMs,
  };
}

/** Alarms on DynamoDB's metrics ignore missing data unless told otherwise. */
function missingDataOf({ input }: Alarm): MissingData {
  const byDefault = input.Namespace === 'AWS/DynamoDB' ? 'ignore' : 'missing';
  return (input.TreatMissingData as MissingData | undefined) ?? byDefault;
}

function breaches(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
