import { cloudWatchTime } from './alarm.ts';
import type { AlarmState } from './alarm.ts';
import type { Verdict } from './evaluate-alarm.ts';
import type { Values } from './metric-math.ts';

export const comparisons = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;
export type Comparison = keyof typeof comparisons;

/** Everything that went into one evaluation. */
export interface Evaluation {
  readonly state: AlarmState;
  readonly verdict: Verdict;
  readonly points: Values;
  readonly startMs: number;
  readonly periodMs: number;
  readonly nowMs: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly isBreaching: (value: number) => boolean;
  /** Undefined for metric math. */
  readonly statistic: string | undefined;
}

/** The sentence that CloudWatch gives for a transition. */
export function reasonText(evaluation: Evaluation): string {
  const { state, verdict, evaluationPeriods, datapointsToAlarm } = evaluation;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${plural(evaluationPeriods, 'datapoint')} unknown.`;
  }
  const isAlarm = state === 'ALARM';
  const named = datapoints(evaluation).filter(({ breaches }) => breaches === isAlarm);
  const missing = `${plural(verdict.filled, 'missing datapoint')} treated as`;
  const treated = `${missing} [${isAlarm ? 'Breaching' : 'NonBreaching'}]`;
  if (named.length === 0) {
    const periods = `${verdict.filled} period${verdict.filled === 1 ? '' : 's'}`;
    return `Threshold Crossed: no datapoints were received for ${periods} and ${treated}.`;
  }
  const least = isAlarm ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const change = isAlarm ? 'OK -> ALARM' : 'ALARM -> OK';
  const list = named.map(({ value, atMs }) => `${double(value)} (${shortTime(atMs)})`);
  const s = evaluationPeriods === 1 ? '' : 's';
  return (
    `Threshold Crossed: ${named.length} out of the last ${evaluationPeriods} datapoint${s} ` +
    `[${list.join(', ')}] ${named.length === 1 ? 'was' : 'were'}${isAlarm ? '' : ' not'} ` +
    `${comparisons[evaluation.comparison]} the threshold (${double(evaluation.threshold)}) ` +
    `(minimum ${least} datapoint${least === 1 ? '' : 's'} for ${change} transition).`
  );
}

/** The same for machines; built by hand, because CloudWatch writes whole numbers as `1.0`. */
export function reasonData(evaluation: Evaluation): string {
  const oldestFirst = datapoints(evaluation).reverse();
  const startMs = oldestFirst[0]?.atMs;
  const text = (value: string): string => JSON.stringify(value);
  const members = [
    `"version":"1.0"`,
    `"queryDate":${text(cloudWatchTime(evaluation.nowMs))}`,
    ...(startMs === undefined ? [] : [`"startDate":${text(cloudWatchTime(startMs))}`]),
    ...(evaluation.statistic === undefined ? [] : [`"statistic":${text(evaluation.statistic)}`]),
    `"period":${evaluation.periodMs / 1_000}`,
    `"recentDatapoints":[${oldestFirst.map(({ value }) => double(value)).join(',')}]`,
    `"threshold":${double(evaluation.threshold)}`,
  ];
  return `{${members.join(',')}}`;
}

interface Datapoint {
  readonly atMs: number;
  readonly value: number;
  readonly breaches: boolean;
}

/** Newest first, as the sentence lists them. */
function datapoints(evaluation: Evaluation): Datapoint[] {
  const { points, verdict, startMs, periodMs } = evaluation;
  return verdict.evaluated
    .flatMap((place) => {
      const value = points[place];
      if (value === undefined) return [];
      const atMs = startMs + place * periodMs;
      return [{ atMs, value, breaches: evaluation.isBreaching(value) }];
    })
    .reverse();
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun} was` : `${count} ${noun}s were`;
}

function double(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** Day/month/year and the time, in UTC. */
function shortTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}
