import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  evaluateAlarm,
  missingDataTreatments,
} from '../../../../sandbox/services/cloudwatch/evaluate-alarm.ts';
import type { MissingData } from '../../../../sandbox/services/cloudwatch/evaluate-alarm.ts';

const symbols: Readonly<Record<string, number | undefined>> = { X: 1, '0': 0, '-': undefined };

function evaluate(points: string, m: number, missingData: MissingData, n = 3) {
  const values = points.split(' ').map((symbol) => symbols[symbol]);
  return evaluateAlarm(values, {
    evaluationPeriods: n,
    datapointsToAlarm: m,
    isBreaching: (value) => value > 0,
    missingData,
  });
}

type Row = readonly [points: string, filled: number, ...states: readonly string[]];

describe('the evaluation of an alarm, after the tables of the CloudWatch user guide', () => {
  describe.each<Row>([
    ['0 - X - X', 0, 'OK', 'OK', 'OK', 'OK'],
    ['0 - - - -', 2, 'OK', 'OK', 'OK', 'OK'],
    ['- - - - -', 3, 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
    ['0 X X - X', 0, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['- - X - -', 2, 'ALARM', 'retain', 'ALARM', 'OK'],
    ['- - - - X', 2, 'retain', 'retain', 'ALARM', 'OK'],
    ['- - - X -', 2, 'retain', 'retain', 'ALARM', 'OK'],
  ])('3 of 3 with %s', (points, filled, ...states) => {
    test.each(missingDataTreatments.map((kind, at) => [kind, states[at]] as const))(
      'and missing data as %s is %s',
      (missingData, state) => {
        expect(evaluate(points, 3, missingData)).toMatchObject({ state, filled });
      },
    );
  });

  describe.each<Row>([
    ['0 - X - X', 0, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 0, 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0 - X - -', 1, 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - - 0', 2, 'OK', 'OK', 'ALARM', 'OK'],
    ['- - - X -', 2, 'ALARM', 'retain', 'ALARM', 'OK'],
  ])('2 of 3 with %s', (points, filled, ...states) => {
    test.each(missingDataTreatments.map((kind, at) => [kind, states[at]] as const))(
      'and missing data as %s is %s',
      (missingData, state) => {
        expect(evaluate(points, 2, missingData)).toMatchObject({ state, filled });
      },
    );
  });

  test('goes by the newest N datapoints alone when none is missing', () => {
    const points = fc.array(fc.constantFrom('X', '0'), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(points, fc.constantFrom(...missingDataTreatments), (all, missingData) => {
        const breaching = all.slice(2).filter((symbol) => symbol === 'X').length;
        const { state } = evaluate(all.join(' '), 2, missingData);
        expect(state).toBe(breaching >= 2 ? 'ALARM' : 'OK');
      }),
    );
  });
});
