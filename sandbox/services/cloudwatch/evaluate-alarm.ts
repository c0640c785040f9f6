import type { AlarmState } from './alarm.ts';
import type { Values } from './metric-math.ts';

export const missingDataTreatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type MissingData = (typeof missingDataTreatments)[number];

export interface AlarmRule {
  /** N: how many datapoints are looked at. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly isBreaching: (value: number) => boolean;
  readonly missingData: MissingData;
}

/** What the datapoints of one evaluation say; `retain` leaves the state as it is. */
export interface Verdict {
  readonly state: AlarmState | 'retain';
  /** Places of the datapoints that were looked at, oldest first. */
  readonly evaluated: readonly number[];
  /** How many datapoints were missing and had to be made up. */
  readonly filled: number;
}

/** CloudWatch looks back two periods further than it evaluates, in case data are missing. */
export const EXTRA_PERIODS = 2;

/**
 * CloudWatch's evaluation, after "Configuring how CloudWatch alarms treat missing data" of its
 * user guide.
 * @param points values of the evaluation range (N + 2 periods), oldest first
 */
export function evaluateAlarm(points: Values, rule: AlarmRule): Verdict {
  const { evaluationPeriods, datapointsToAlarm, missingData } = rule;
  const real = points.flatMap((value, place) =>
    value === undefined ? [] : [{ place, breaches: rule.isBreaching(value) }],
  );
  const looked = real.slice(-evaluationPeriods);
  const filled = evaluationPeriods - looked.length;
  const seen = { evaluated: looked.map(({ place }) => place), filled };
  const breaching = looked.filter(({ breaches }) => breaches).length;
  const made = missingData === 'breaching' ? filled : 0;
  if (breaching + made >= datapointsToAlarm) return { state: 'ALARM', ...seen };
  if (filled === 0 || missingData === 'breaching' || missingData === 'notBreaching') {
    return { state: 'OK', ...seen };
  }
  const [oldest] = looked;
  if (oldest === undefined) {
    return { state: missingData === 'missing' ? 'INSUFFICIENT_DATA' : 'retain', ...seen };
  }
  if (breaching < looked.length) return { state: 'OK', ...seen };
  // Only breaching data and too few of it: they count once the oldest is old enough.
  const age = points.length - oldest.place;
  const isOldEnough = missingData === 'missing' && age >= datapointsToAlarm;
  return { state: isOldEnough ? 'ALARM' : 'retain', ...seen };
}
