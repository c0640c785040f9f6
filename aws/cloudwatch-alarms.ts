import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { Alarm, Alarms, AlarmState, Clock } from '../core/ports.ts';

/** Periods to look back at least: ECS metrics of a minute may be two minutes late. */
const PERIODS_MIN = 3;

/** CloudWatch's own default, for a metric math expression that names no period, in s. */
const PERIOD_DEFAULT_SECONDS = 300;

const comparisons: Readonly<Record<string, Alarm['comparison']>> = {
  GreaterThanThreshold: 'above',
  GreaterThanOrEqualToThreshold: 'at-or-above',
  LessThanThreshold: 'below',
  LessThanOrEqualToThreshold: 'at-or-below',
};

/** Alarms of CloudWatch, of one metric, of metric math, or composed of other alarms. */
export class CloudWatchAlarms implements Alarms {
  readonly #client: (region: string) => CloudWatchClient;
  readonly #clock: Clock;

  constructor(client: (region: string) => CloudWatchClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async describe(region: string, name: string): Promise<Alarm | undefined> {
    const { metricAlarm, composite } = await this.#find(region, name);
    if (metricAlarm === undefined) {
      return composite === undefined ? undefined : alarmOf(name, composite);
    }
    return {
      ...alarmOf(name, metricAlarm),
      threshold: metricAlarm.Threshold,
      comparison: comparisons[metricAlarm.ComparisonOperator ?? ''],
      latestValue: await this.#latestValue(region, metricAlarm),
    };
  }

  async state(region: string, name: string): Promise<AlarmState | undefined> {
    const { metricAlarm, composite } = await this.#find(region, name);
    const alarm = metricAlarm ?? composite;
    return alarm === undefined ? undefined : stateOf(alarm.StateValue);
  }

  async #find(region: string, name: string) {
    const { MetricAlarms = [], CompositeAlarms = [] } = await this.#client(region).send(
      new DescribeAlarmsCommand({
        AlarmNames: [name],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      }),
    );
    return { metricAlarm: MetricAlarms[0], composite: CompositeAlarms[0] };
  }

  async #latestValue(region: string, alarm: MetricAlarm): Promise<number | undefined> {
    const queries = queriesOf(alarm);
    // A band of expected values is returned beside the metric itself; it is the threshold.
    const result = queries.find(
      ({ ReturnData, Id }) => ReturnData !== false && Id !== alarm.ThresholdMetricId,
    );
    if (result === undefined) return undefined;
    const periodMs = 1_000 * Math.max(...queries.map(periodOf));
    // A datapoint is complete once its period has ended, so the running period stays out.
    const endMs = Math.floor(this.#clock.nowMs() / periodMs) * periodMs;
    const periods = Math.max(PERIODS_MIN, (alarm.EvaluationPeriods ?? 0) + 1);
    const { MetricDataResults = [] } = await this.#client(region).send(
      new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: new Date(endMs - periods * periodMs),
        EndTime: new Date(endMs),
        ScanBy: 'TimestampDescending',
      }),
    );
    return MetricDataResults.find(({ Id }) => Id === result.Id)?.Values?.[0];
  }
}

function alarmOf(name: string, alarm: MetricAlarm | CompositeAlarm): Alarm {
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return {
    name,
    state: stateOf(alarm.StateValue),
    stateSinceMs: since?.getTime() ?? 0,
    threshold: undefined,
    comparison: undefined,
    actionsEnabled: alarm.ActionsEnabled ?? true,
    latestValue: undefined,
  };
}

function stateOf(value: string | undefined): AlarmState {
  return value === 'OK' || value === 'ALARM' ? value : 'INSUFFICIENT_DATA';
}

function queriesOf(alarm: MetricAlarm): MetricDataQuery[] {
  if (alarm.Metrics !== undefined && alarm.Metrics.length > 0) return alarm.Metrics;
  if (alarm.MetricName === undefined) return [];
  const { Namespace, MetricName, Dimensions, Period, Unit } = alarm;
  return [
    {
      Id: 'alarm',
      MetricStat: {
        Metric: { Namespace, MetricName, Dimensions },
        Period: Period ?? PERIOD_DEFAULT_SECONDS,
        Stat: alarm.Statistic ?? alarm.ExtendedStatistic ?? 'Average',
        ...(Unit === undefined ? {} : { Unit }),
      },
    },
  ];
}

/** An expression over other queries has their period, so it counts as none of its own. */
function periodOf(query: MetricDataQuery): number {
  const own = query.MetricStat?.Period ?? query.Period;
  return own ?? (query.MetricStat === undefined ? 1 : PERIOD_DEFAULT_SECONDS);
}
