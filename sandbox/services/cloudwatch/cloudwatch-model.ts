import type { Hub, MetricDatum, Operation, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { alarmEvent, alarmMessage } from './alarm-event.ts';
import { cloudWatchTime, remember } from './alarm.ts';
import type { Alarm, AlarmCondition, AlarmState } from './alarm.ts';
import { deleteAlarms, disableAlarmActions, enableAlarmActions } from './alarm-operations.ts';
import { describeAlarmHistory, setAlarmState } from './alarm-operations.ts';
import { deleteDashboards, getDashboard, listDashboards, putDashboard } from './dashboards.ts';
import { describeAlarms, describeAlarmsForMetric } from './describe-alarms.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { getMetricData } from './get-metric-data.ts';
import { getMetricStatistics } from './get-metric-statistics.ts';
import { listMetrics } from './list-metrics.ts';
import { MetricStore, floor, sample } from './metric-store.ts';
import { nextCondition } from './next-condition.ts';
import { putMetricAlarm } from './put-metric-alarm.ts';
import { putMetricData } from './put-metric-data.ts';

interface Options {
  readonly accountId: string;
  /** How alarm actions reach SNS; without it they reach nobody. */
  readonly publish?: (topicArn: string, subject: string, message: string) => void;
}

interface RegionState {
  readonly metrics: MetricStore;
  readonly alarms: Map<string, Alarm>;
  readonly dashboards: Map<string, { readonly body: string; readonly atMs: number }>;
}

const MINUTE_MS = 60_000;
/** Alarms are evaluated this long after the end of a minute, once its datapoints are in. */
const EVALUATION_DELAY_MS = 5_000;

/** CloudWatch: metrics per minute, and alarms that are evaluated from them each minute. */
export class CloudWatchModel {
  readonly world: World;
  readonly hub: Hub;
  readonly accountId: string;
  readonly service: Service;
  readonly #publish: Options['publish'];
  readonly #regions = new Map<string, RegionState>();
  #isTicking = false;

  constructor(world: World, hub: Hub, options: Options) {
    this.world = world;
    this.hub = hub;
    this.accountId = options.accountId;
    this.#publish = options.publish;
    this.service = { id: 'cloudwatch', iamPrefix: 'cloudwatch', operations: operationsOf(this) };
  }

  in(region: string): RegionState {
    const known = this.#regions.get(region);
    if (known !== undefined) return known;
    const state = { metrics: new MetricStore(), alarms: new Map(), dashboards: new Map() };
    this.#regions.set(region, state);
    return state;
  }

  /** One datapoint now; lost while the region is down. */
  putMetric(region: string, { namespace, name, dimensions, value }: MetricDatum): void {
    if (!this.hub.isUp(region)) return;
    const metric = { namespace, name, dimensions };
    this.in(region).metrics.add(metric, sample(this.world.nowMs(), value));
  }

  /** Takes a log line in the embedded metric format; any other line is left alone. */
  putEmf(region: string, line: string): void {
    if (!this.hub.isUp(region)) return;
    for (const { metric, samples } of embeddedMetrics(line, this.world.nowMs())) {
      this.in(region).metrics.add(metric, samples);
    }
  }

  /**
   * What the data of an alarm say. `SetAlarmState` changes nothing here, because Route 53 watches
   * the data stream; undefined when there is no such alarm.
   */
  alarmState(region: string, name: string): AlarmState | undefined {
    return this.in(region).alarms.get(name)?.stateByData;
  }

  alarmArn(region: string, name: string | undefined): string {
    return `arn:aws:cloudwatch:${region}:${this.accountId}:alarm:${name ?? ''}`;
  }

  addAlarm(alarm: Alarm): void {
    this.in(alarm.region).alarms.set(alarm.name, alarm);
    this.#startTicking();
  }

  /** Sets a condition; a change of state is told to EventBridge and to the alarm's topics. */
  transition(alarm: Alarm, condition: AlarmCondition): void {
    const previous = alarm.condition;
    alarm.condition = condition;
    if (previous.value === condition.value) return;
    remember(alarm, {
      atMs: condition.sinceMs,
      type: 'StateUpdate',
      summary: `Alarm updated from ${previous.value} to ${condition.value}`,
      data: JSON.stringify({
        version: '1.0',
        oldState: { stateValue: previous.value, stateReason: previous.reason },
        newState: { stateValue: condition.value, stateReason: condition.reason },
        updated: cloudWatchTime(condition.sinceMs),
      }),
    });
    this.hub.putEvent(alarm.region, alarmEvent(alarm, previous));
    if (alarm.actionsEnabled) this.#act(alarm, previous);
  }

  #act(alarm: Alarm, previous: AlarmCondition): void {
    const { input, condition } = alarm;
    const actions = {
      OK: input.OKActions,
      ALARM: input.AlarmActions,
      INSUFFICIENT_DATA: input.InsufficientDataActions,
    }[condition.value];
    const { subject, message } = alarmMessage(alarm, previous, this.accountId);
    for (const topicArn of actions ?? []) this.#publish?.(topicArn, subject, message);
  }

  #startTicking(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#planTick(floor(this.world.nowMs() - EVALUATION_DELAY_MS, MINUTE_MS));
  }

  /** One event of the world per minute serves the alarms of all regions. */
  #planTick(lastMs: number): void {
    const dueMs = lastMs + MINUTE_MS + EVALUATION_DELAY_MS;
    this.world.after(dueMs - this.world.nowMs(), 'alarm evaluation', () => {
      // Where time jumped, one evaluation stands for all that were missed.
      const minuteMs = floor(this.world.nowMs() - EVALUATION_DELAY_MS, MINUTE_MS);
      this.#planTick(minuteMs);
      this.#evaluate(minuteMs, lastMs);
    });
  }

  #evaluate(minuteMs: number, lastMs: number): void {
    const time = { minuteMs, nowMs: this.world.nowMs() };
    for (const [region, { alarms, metrics }] of this.#regions) {
      if (!this.hub.isUp(region)) continue;
      for (const alarm of alarms.values()) {
        const { periodMs } = alarm;
        if (!alarm.isNew && floor(minuteMs, periodMs) === floor(lastMs, periodMs)) continue;
        alarm.isNew = false;
        const condition = nextCondition(alarm, metrics, time);
        if (condition === undefined) continue;
        alarm.stateByData = condition.value;
        if (condition.value !== alarm.condition.value) this.transition(alarm, condition);
      }
    }
  }
}

function operationsOf(model: CloudWatchModel): Readonly<Record<string, Operation>> {
  return {
    PutMetricData: putMetricData(model),
    GetMetricData: getMetricData(model),
    GetMetricStatistics: getMetricStatistics(model),
    ListMetrics: listMetrics(model),
    PutMetricAlarm: putMetricAlarm(model),
    DescribeAlarms: describeAlarms(model),
    DescribeAlarmsForMetric: describeAlarmsForMetric(model),
    DescribeAlarmHistory: describeAlarmHistory(model),
    DeleteAlarms: deleteAlarms(model),
    SetAlarmState: setAlarmState(model),
    EnableAlarmActions: enableAlarmActions(model),
    DisableAlarmActions: disableAlarmActions(model),
    PutDashboard: putDashboard(model),
    GetDashboard: getDashboard(model),
    ListDashboards: listDashboards(model),
    DeleteDashboards: deleteDashboards(model),
  };
}
