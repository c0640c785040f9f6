import { beforeEach, describe, expect, test } from '@jest/globals';
import type {
  DescribeAlarmsCommandOutput,
  GetMetricDataCommandOutput,
  GetMetricStatisticsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchModel } from '../../../../sandbox/services/cloudwatch/cloudwatch-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ACCOUNT_ID, caller, recordingHub, worldFrom } from '../../recording-hub.ts';

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT_ID}:notices`;
const HealthCheckId = 'abcdef11-2222-3333-4444-555555fedcba';
const unhealthy = {
  AlarmName: 'orders-unhealthy',
  AlarmDescription: 'orders endpoint health',
  Namespace: 'AWS/Route53',
  MetricName: 'HealthCheckStatus',
  Dimensions: [{ Name: 'HealthCheckId', Value: HealthCheckId }],
  Statistic: 'Minimum',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 1,
  ComparisonOperator: 'LessThanThreshold',
  AlarmActions: [TOPIC],
};

function setUp() {
  const world = worldFrom();
  const hub = recordingHub(world);
  const published: { topicArn: string; subject: string; message: string }[] = [];
  const model = new CloudWatchModel(world, hub, {
    accountId: ACCOUNT_ID,
    publish: (topicArn, subject, message) => published.push({ topicArn, subject, message }),
  });
  const { call } = caller(world, model.service);
  const driver = new VirtualDriver(world);
  const put = (value: number) => {
    model.putMetric('us-east-1', {
      namespace: 'AWS/Route53',
      name: 'HealthCheckStatus',
      dimensions: { HealthCheckId },
      value,
    });
  };
  return {
    world,
    hub,
    model,
    call,
    driver,
    published,
    put,
    /** One value a minute, in the middle of it; ends after the minute's evaluation. */
    minutes: async (...values: readonly (number | undefined)[]) => {
      for (const value of values) {
        await driver.runFor(24_000);
        if (value !== undefined) put(value);
        await driver.runFor(36_000);
      }
    },
    alarm: async () => {
      const output = await call<DescribeAlarmsCommandOutput>('DescribeAlarms', {});
      return output.MetricAlarms?.[0];
    },
  };
}

let it: ReturnType<typeof setUp>;
beforeEach(async () => {
  it = setUp();
  await it.driver.runFor(6_000);
});

describe('an alarm', () => {
  test('starts without data', async () => {
    await it.call('PutMetricAlarm', unhealthy);
    expect(await it.alarm()).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      StateReasonData: undefined,
    });
  });

  test('tells EventBridge of each change of state in the very shape of CloudWatch', async () => {
    await it.call('PutMetricAlarm', unhealthy);
    await it.minutes(1, 1, 0, 0);
    expect(it.hub.events).toHaveLength(2);
    expect(it.hub.events[1]).toEqual({
      region: 'us-east-1',
      atMs: Date.UTC(2026, 0, 1, 0, 4, 5),
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [`arn:aws:cloudwatch:us-east-1:${ACCOUNT_ID}:alarm:orders-unhealthy`],
      detail: {
        alarmName: 'orders-unhealthy',
        configuration: {
          description: 'orders endpoint health',
          metrics: [
            {
              id: expect.stringMatching(/^[0-9a-f-]{36}$/),
              metricStat: {
                metric: {
                  dimensions: { HealthCheckId },
                  name: 'HealthCheckStatus',
                  namespace: 'AWS/Route53',
                },
                period: 60,
                stat: 'Minimum',
              },
              returnData: true,
            },
          ],
        },
        previousState: {
          value: 'OK',
          reason:
            'Threshold Crossed: 1 out of the last 2 datapoints [1.0 (01/01/26 00:00:00)] ' +
            'was not less than the threshold (1.0) ' +
            '(minimum 1 datapoint for ALARM -> OK transition).',
          reasonData: expect.any(String),
          timestamp: expect.stringMatching(/\+0000$/),
        },
        state: {
          value: 'ALARM',
          reason:
            'Threshold Crossed: 2 out of the last 2 datapoints [0.0 (01/01/26 00:03:00), ' +
            '0.0 (01/01/26 00:02:00)] were less than the threshold (1.0) ' +
            '(minimum 2 datapoints for OK -> ALARM transition).',
          reasonData:
            '{"version":"1.0","queryDate":"2026-01-01T00:04:05.000+0000",' +
            '"startDate":"2026-01-01T00:02:00.000+0000","statistic":"Minimum","period":60,' +
            '"recentDatapoints":[0.0,0.0],"threshold":1.0}',
          timestamp: '2026-01-01T00:04:05.000+0000',
        },
      },
    });
  });

  test('names the creation as the state before the first one', async () => {
    await it.call('PutMetricAlarm', { ...unhealthy, EvaluationPeriods: 1 });
    await it.minutes(1);
    expect(it.hub.events[0]?.detail).toMatchObject({
      previousState: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' },
      state: { value: 'OK' },
    });
    expect(it.hub.events[0]?.detail).not.toHaveProperty('previousState.reasonData');
  });

  test('publishes to its topics on a change, unless its actions are off', async () => {
    await it.call('PutMetricAlarm', { ...unhealthy, EvaluationPeriods: 1 });
    await it.minutes(1, 0);
    expect(it.published).toHaveLength(1);
    expect(it.published[0]).toMatchObject({ topicArn: TOPIC });
    expect(JSON.parse(it.published[0]?.message ?? '')).toMatchObject({
      AlarmName: 'orders-unhealthy',
      OldStateValue: 'OK',
      NewStateValue: 'ALARM',
    });
    await it.call('DisableAlarmActions', { AlarmNames: ['orders-unhealthy'] });
    await it.minutes(1, 0);
    expect(it.published).toHaveLength(1);
  });

  test('falls back to insufficient data when its metric stops', async () => {
    await it.call('PutMetricAlarm', unhealthy);
    await it.minutes(1, 1, undefined, undefined, undefined, undefined);
    expect(await it.alarm()).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Insufficient Data: 2 datapoints were unknown.',
    });
  });

  test('treats missing data as breaching when told to', async () => {
    await it.call('PutMetricAlarm', { ...unhealthy, TreatMissingData: 'breaching' });
    await it.minutes(undefined, undefined);
    expect(await it.alarm()).toMatchObject({
      StateValue: 'ALARM',
      StateReason:
        'Threshold Crossed: no datapoints were received for 2 periods and ' +
        '2 missing datapoints were treated as [Breaching].',
    });
  });

  test('is not evaluated while its region is down, whose datapoints are lost', async () => {
    await it.call('PutMetricAlarm', { ...unhealthy, EvaluationPeriods: 1 });
    await it.minutes(1);
    it.hub.down.add('us-east-1');
    await it.minutes(0, 0, 0, 0);
    expect(await it.alarm()).toMatchObject({ StateValue: 'OK' });
    it.hub.down.clear();
    await it.minutes(undefined);
    expect(await it.alarm()).toMatchObject({ StateValue: 'INSUFFICIENT_DATA' });
  });

  test('takes a state by hand until the next evaluation, which Route 53 does not see', async () => {
    await it.call('PutMetricAlarm', { ...unhealthy, EvaluationPeriods: 1 });
    await it.minutes(1);
    await it.call('SetAlarmState', {
      AlarmName: 'orders-unhealthy',
      StateValue: 'ALARM',
      StateReason: 'drill',
    });
    expect(await it.alarm()).toMatchObject({ StateValue: 'ALARM', StateReason: 'drill' });
    expect(it.model.alarmState('us-east-1', 'orders-unhealthy')).toBe('OK');
    await it.minutes(1);
    expect(await it.alarm()).toMatchObject({ StateValue: 'OK' });
  });

  test('keeps its state when it is configured anew', async () => {
    await it.call('PutMetricAlarm', { ...unhealthy, EvaluationPeriods: 1 });
    await it.minutes(0);
    await it.call('PutMetricAlarm', { ...unhealthy, EvaluationPeriods: 1, Threshold: 0.5 });
    expect(await it.alarm()).toMatchObject({ StateValue: 'ALARM', Threshold: 0.5 });
    expect(await it.call('DescribeAlarmHistory', { HistoryItemType: 'StateUpdate' })).toMatchObject(
      {
        AlarmHistoryItems: [{ HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM' }],
      },
    );
  });

  test('watches a longer period as a whole', async () => {
    await it.call('PutMetricAlarm', {
      ...unhealthy,
      Period: 300,
      EvaluationPeriods: 1,
      Statistic: 'Sum',
      Threshold: 4,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    await it.minutes(1, 1, 1, 1);
    expect((await it.alarm())?.StateValue).toBe('INSUFFICIENT_DATA');
    await it.minutes(1);
    expect((await it.alarm())?.StateValue).toBe('ALARM');
  });

  test('watches an expression', async () => {
    const metric = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    await it.call('PutMetricAlarm', {
      AlarmName: 'error-rate',
      EvaluationPeriods: 1,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      Metrics: [
        metric('m1', 'Errors'),
        metric('m2', 'Requests'),
        { Id: 'e1', Expression: '100 * m1 / m2', Label: 'Errors, %', ReturnData: true },
      ],
    });
    const datum = (name: string, value: number) => {
      it.model.putMetric('us-east-1', { namespace: 'Shop', name, dimensions: {}, value });
    };
    datum('Errors', 3);
    datum('Requests', 20);
    await it.driver.runFor(60_000);
    expect(it.hub.events[0]?.detail).toMatchObject({
      configuration: {
        metrics: [{}, {}, { expression: '100 * m1 / m2', id: 'e1', returnData: true }],
      },
      state: {
        value: 'ALARM',
        reasonData: expect.not.stringContaining('statistic'),
      },
    });
  });
});

describe('DescribeAlarms', () => {
  beforeEach(async () => {
    for (const AlarmName of ['a-1', 'a-2', 'b-1']) {
      await it.call('PutMetricAlarm', { ...unhealthy, AlarmName });
    }
  });
  const namesOf = async (input: object) => {
    const output = await it.call<DescribeAlarmsCommandOutput>('DescribeAlarms', input);
    return output.MetricAlarms?.map(({ AlarmName }) => AlarmName);
  };

  test.each<readonly [string, object, readonly string[]]>([
    ['by name', { AlarmNames: ['b-1', 'none'] }, ['b-1']],
    ['by prefix', { AlarmNamePrefix: 'a-' }, ['a-1', 'a-2']],
    ['by state', { StateValue: 'OK' }, []],
    ['by action', { ActionPrefix: TOPIC, MaxRecords: 1 }, ['a-1']],
    ['composite ones', { AlarmTypes: ['CompositeAlarm'] }, []],
  ])('finds alarms %s', async (_title, input, names) => {
    expect(await namesOf(input)).toEqual(names);
  });

  test('deletes all or none', async () => {
    await expect(it.call('DeleteAlarms', { AlarmNames: ['a-1', 'none'] })).rejects.toThrow('none');
    await it.call('DeleteAlarms', { AlarmNames: ['a-1', 'a-2'] });
    expect(await namesOf({})).toEqual(['b-1']);
  });
});

describe('metrics', () => {
  const between = {
    StartTime: new Date('2026-01-01T00:00:00Z'),
    EndTime: new Date('2026-01-01T00:10:00Z'),
  };

  test('aggregate values, counts and statistic sets', async () => {
    await it.call('PutMetricData', {
      Namespace: 'Shop',
      MetricData: [
        { MetricName: 'Latency', Value: 10 },
        { MetricName: 'Latency', Values: [20, 30], Counts: [1, 2] },
        {
          MetricName: 'Latency',
          StatisticValues: { SampleCount: 1, Sum: 60, Minimum: 60, Maximum: 60 },
        },
      ],
    });
    const output = await it.call<GetMetricStatisticsCommandOutput>('GetMetricStatistics', {
      Namespace: 'Shop',
      MetricName: 'Latency',
      Period: 60,
      Statistics: ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'],
      ...between,
    });
    expect(output.Datapoints).toEqual([
      {
        Timestamp: new Date('2026-01-01T00:00:00Z'),
        Unit: 'None',
        Average: 30,
        Minimum: 10,
        Maximum: 60,
        Sum: 150,
        SampleCount: 5,
      },
    ]);
  });

  test.each<readonly [expression: string, values: readonly number[]]>([
    ['m1 + m2', [11, 22]],
    ['(m1 - m2) * 2', [-18, -36]],
    ['100 * m1 / m2', [10, 10]],
    ['SUM(METRICS())', [11, 22, 3]],
    ['MAX([m1, m2])', [10, 20, 3]],
    ['m1 + FILL(m2, 0)', [11, 22, 3]],
  ])('answer %s', async (Expression, values) => {
    for (const value of [1, 2, 3]) {
      for (const [name, factor] of [
        ['one', 1],
        ['two', 10],
      ] as const) {
        if (name === 'two' && value === 3) continue;
        const metric = { namespace: 'Shop', name, dimensions: {} };
        it.model.putMetric('us-east-1', { ...metric, value: value * factor });
      }
      await it.driver.runFor(60_000);
    }
    const metric = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    const output = await it.call<GetMetricDataCommandOutput>('GetMetricData', {
      ...between,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [metric('m1', 'one'), metric('m2', 'two'), { Id: 'e1', Expression }],
    });
    expect(output.MetricDataResults).toMatchObject([{ Id: 'e1', Values: values }]);
  });

  test('are read from the embedded metric format, and only from it', async () => {
    const record = {
      _aws: {
        Timestamp: it.world.nowMs(),
        CloudWatchMetrics: [
          {
            Namespace: 'Farshore',
            Dimensions: [['service', 'app'], ['service']],
            Metrics: [{ Name: 'Decisions', Unit: 'Count' }, { Name: 'EventAge' }],
          },
        ],
      },
      service: 'failover',
      app: 'orders',
      Decisions: 1,
      EventAge: [100, 300],
    };
    it.model.putEmf('us-east-1', JSON.stringify(record));
    it.model.putEmf('us-east-1', '{"level":"INFO"}');
    it.model.putEmf('us-east-1', 'plain text');
    expect(
      await it.call('ListMetrics', { Namespace: 'Farshore', MetricName: 'EventAge' }),
    ).toMatchObject({
      Metrics: [
        {
          Dimensions: [
            { Name: 'service', Value: 'failover' },
            { Name: 'app', Value: 'orders' },
          ],
        },
        { Dimensions: [{ Name: 'service', Value: 'failover' }] },
      ],
    });
    const output = await it.call<GetMetricStatisticsCommandOutput>('GetMetricStatistics', {
      Namespace: 'Farshore',
      MetricName: 'EventAge',
      Dimensions: [{ Name: 'service', Value: 'failover' }],
      Period: 60,
      Statistics: ['Average'],
      ...between,
    });
    expect(output.Datapoints?.[0]?.Average).toBe(200);
  });

  test('are kept for about a day and no longer', async () => {
    for (let hour = 0; hour < 30; hour += 1) {
      for (let minute = 0; minute < 60; minute += 1) {
        it.put(1);
        await it.driver.runFor(60_000);
      }
    }
    const output = await it.call<GetMetricDataCommandOutput>('GetMetricData', {
      StartTime: new Date('2026-01-01T00:00:00Z'),
      EndTime: new Date('2026-01-03T00:00:00Z'),
      MetricDataQueries: [
        {
          Id: 'm1',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Route53',
              MetricName: 'HealthCheckStatus',
              Dimensions: unhealthy.Dimensions,
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    });
    const count = output.MetricDataResults?.[0]?.Values?.length ?? 0;
    expect(count).toBeGreaterThanOrEqual(24 * 60);
    expect(count).toBeLessThan(28 * 60);
  });
});

test.each<readonly [string, string, object, string]>([
  [
    'percentiles',
    'PutMetricAlarm',
    { ...unhealthy, Statistic: undefined, ExtendedStatistic: 'p99' },
    'p99',
  ],
  ['periods below a minute', 'PutMetricAlarm', { ...unhealthy, Period: 10 }, '10 s'],
  [
    'anomaly bands',
    'PutMetricAlarm',
    { ...unhealthy, ComparisonOperator: 'LessThanLowerThreshold' },
    'LessThanLowerThreshold',
  ],
  ['M above N', 'PutMetricAlarm', { ...unhealthy, DatapointsToAlarm: 3 }, 'DatapointsToAlarm'],
  [
    'other actions',
    'PutMetricAlarm',
    { ...unhealthy, OKActions: ['arn:aws:automate:us-east-1:ec2:stop'] },
    'alarm actions such as',
  ],
  ['metrics of AWS', 'PutMetricData', { Namespace: 'AWS/ECS', MetricData: [] }, 'Namespace'],
  [
    'other functions of metric math',
    'GetMetricData',
    { MetricDataQueries: [{ Id: 'e1', Expression: 'ANOMALY_DETECTION_BAND(m1)' }] },
    'ANOMALY_DETECTION_BAND',
  ],
])('rejects %s by name', async (_title, operation, input, text) => {
  await expect(it.call(operation, input)).rejects.toThrow(text);
});

test('stores dashboards', async () => {
  await it.call('PutDashboard', { DashboardName: 'd', DashboardBody: '{"widgets":[]}' });
  expect(await it.call('ListDashboards', {})).toMatchObject({
    DashboardEntries: [{ DashboardName: 'd' }],
  });
  await expect(it.call('PutDashboard', { DashboardName: 'd', DashboardBody: '{' })).rejects.toThrow(
    'DashboardBody',
  );
  await it.call('DeleteDashboards', { DashboardNames: ['d'] });
  await expect(it.call('GetDashboard', { DashboardName: 'd' })).rejects.toThrow('does not exist');
});
