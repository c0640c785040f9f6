import { expect, test } from '@jest/globals';
import { CloudWatchAlarms } from '../../aws/cloudwatch-alarms.ts';
import { stubAws } from './stub-client.ts';

const nowMs = Date.parse('2026-11-20T10:02:30Z');

const alarm = {
  AlarmName: 'busy',
  StateValue: 'ALARM',
  StateTransitionedTimestamp: new Date(1_000),
  StateUpdatedTimestamp: new Date(2_000),
  Threshold: 70,
  ComparisonOperator: 'GreaterThanThreshold',
  ActionsEnabled: true,
  Namespace: 'AWS/ECS',
  MetricName: 'CPUUtilization',
  Dimensions: [{ Name: 'ServiceName', Value: 'web' }],
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 5,
};

function alarmsOver(described: object, MetricDataResults: readonly object[] = []) {
  const stub = stubAws({
    'CloudWatch DescribeAlarms': () => described,
    'CloudWatch GetMetricData': () => ({ MetricDataResults }),
  });
  return { stub, alarms: new CloudWatchAlarms(stub.clients.cloudwatch, { nowMs: () => nowMs }) };
}

test('gives the alarm with the newest datapoint whose period has ended', async () => {
  const { alarms, stub } = alarmsOver({ MetricAlarms: [alarm] }, [
    { Id: 'alarm', Values: [91, 80] },
  ]);
  expect(await alarms.describe('us-east-1', 'busy')).toEqual({
    name: 'busy',
    state: 'ALARM',
    stateSinceMs: 1_000,
    threshold: 70,
    comparison: 'above',
    actionsEnabled: true,
    latestValue: 91,
  });
  expect(stub.inputs('CloudWatch GetMetricData')).toEqual([
    {
      MetricDataQueries: [
        {
          Id: 'alarm',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ECS',
              MetricName: 'CPUUtilization',
              Dimensions: [{ Name: 'ServiceName', Value: 'web' }],
            },
            Period: 60,
            Stat: 'Average',
          },
        },
      ],
      StartTime: new Date('2026-11-20T09:56:00Z'),
      EndTime: new Date('2026-11-20T10:02:00Z'),
      ScanBy: 'TimestampDescending',
    },
  ]);
});

test.each([
  ['GreaterThanOrEqualToThreshold', 'at-or-above'],
  ['LessThanThreshold', 'below'],
  ['LessThanOrEqualToThreshold', 'at-or-below'],
  ['LessThanLowerOrGreaterThanUpperThreshold', undefined],
])('reads %s as %p', async (ComparisonOperator, comparison) => {
  const { alarms } = alarmsOver({ MetricAlarms: [{ ...alarm, ComparisonOperator }] });
  expect(await alarms.describe('us-east-1', 'busy')).toMatchObject({ comparison });
});

test('gives no value when the metric is silent', async () => {
  const { alarms } = alarmsOver({ MetricAlarms: [alarm] }, [{ Id: 'alarm', Values: [] }]);
  expect((await alarms.describe('us-east-1', 'busy'))?.latestValue).toBeUndefined();
});

test('gives the result of metric math, at the period of its inputs', async () => {
  const bare = { ...alarm, MetricName: undefined, Period: undefined };
  const Metrics = [
    { Id: 'e1', Expression: 'm1 / m2', ReturnData: true },
    { Id: 'm1', MetricStat: { Period: 30 }, ReturnData: false },
    { Id: 'm2', MetricStat: { Period: 30 }, ReturnData: false },
  ];
  const { alarms, stub } = alarmsOver({ MetricAlarms: [{ ...bare, Metrics }] }, [
    { Id: 'e1', Values: [0.5] },
  ]);
  expect((await alarms.describe('us-east-1', 'busy'))?.latestValue).toBe(0.5);
  expect(stub.inputs('CloudWatch GetMetricData')[0]).toMatchObject({
    MetricDataQueries: Metrics,
    EndTime: new Date(nowMs),
  });
});

test('gives the metric of an anomaly detection alarm and not its band', async () => {
  const bare = { ...alarm, MetricName: undefined };
  const Metrics = [
    { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1)', ReturnData: true },
    { Id: 'm1', MetricStat: { Period: 60 }, ReturnData: true },
  ];
  const { alarms } = alarmsOver(
    { MetricAlarms: [{ ...bare, Metrics, ThresholdMetricId: 'ad1' }] },
    [
      { Id: 'ad1', Values: [9] },
      { Id: 'm1', Values: [4] },
    ],
  );
  expect((await alarms.describe('us-east-1', 'busy'))?.latestValue).toBe(4);
});

test('gives a composite alarm without threshold and value', async () => {
  const composite = { StateValue: 'OK', ActionsEnabled: false };
  const { alarms, stub } = alarmsOver({ CompositeAlarms: [composite] });
  expect(await alarms.describe('us-east-1', 'slo')).toEqual({
    name: 'slo',
    state: 'OK',
    stateSinceMs: 0,
    threshold: undefined,
    comparison: undefined,
    actionsEnabled: false,
    latestValue: undefined,
  });
  expect(stub.inputs('CloudWatch GetMetricData')).toEqual([]);
});

test('gives nothing for an alarm that does not exist', async () => {
  const { alarms } = alarmsOver({ MetricAlarms: [], CompositeAlarms: [] });
  expect(await alarms.describe('us-east-1', 'busy')).toBeUndefined();
});

test('tells a state alone without reading any metric', async () => {
  const { alarms, stub } = alarmsOver({ MetricAlarms: [alarm] });
  expect(await alarms.state('us-east-1', 'busy')).toBe(alarm.StateValue);
  expect(stub.inputs('CloudWatch GetMetricData')).toEqual([]);
  const none = alarmsOver({}).alarms;
  expect(await none.state('us-east-1', 'busy')).toBeUndefined();
});
