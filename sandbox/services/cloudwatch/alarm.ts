import type { MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import type { MetricId } from './metric-store.ts';

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof alarmStates)[number];

export interface AlarmCondition {
  readonly value: AlarmState;
  readonly reason: string;
  /** JSON as text; absent for a new alarm and for `SetAlarmState` without it. */
  readonly reasonData: string | undefined;
  readonly sinceMs: number;
}

export interface AlarmHistoryItem {
  readonly atMs: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  readonly data: string;
}

/** An alarm; an update replaces its configuration and keeps its condition. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  input: PutMetricAlarmCommandInput;
  /** What the alarm watches, single metrics too; one of them returns data. */
  queries: readonly MetricDataQuery[];
  periodMs: number;
  configuredMs: number;
  actionsEnabled: boolean;
  condition: AlarmCondition;
  /** What the data say, whatever `SetAlarmState` said; Route 53 follows this one. */
  stateByData: AlarmState;
  /** Evaluated at the next minute even when its period is longer. */
  isNew: boolean;
  history: readonly AlarmHistoryItem[];
}

/** Changes kept of each alarm. */
const HISTORY_MAX = 100;

export function remember(alarm: Alarm, item: AlarmHistoryItem): void {
  alarm.history = [item, ...alarm.history].slice(0, HISTORY_MAX);
}

/** Dimensions as the SDK writes them. */
export function dimensionsOf(
  list: readonly { Name?: string | undefined; Value?: string | undefined }[] | undefined,
): MetricId['dimensions'] {
  return Object.fromEntries((list ?? []).map(({ Name, Value }) => [Name ?? '', Value ?? '']));
}

/** Dimensions for the SDK. */
export function dimensionList(
  dimensions: MetricId['dimensions'],
): { readonly Name: string; readonly Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

/** CloudWatch's own timestamps end in `+0000`, not in `Z`. */
export function cloudWatchTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}
