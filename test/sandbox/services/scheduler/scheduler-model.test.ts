import { beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceError } from '../../../../sandbox/service-model.ts';
import type { QueueDelivery } from '../../../../sandbox/service-model.ts';
import { SchedulerModel } from '../../../../sandbox/services/scheduler/scheduler-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ACCOUNT_ID, caller, recordingHub, worldFrom } from '../../recording-hub.ts';

const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT_ID}:sweep`;
const DEAD = `arn:aws:sqs:us-east-1:${ACCOUNT_ID}:dead`;
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT_ID}:function:f`;
const RoleArn = `arn:aws:iam::${ACCOUNT_ID}:role/scheduler`;
const Target = { Arn: QUEUE, RoleArn, Input: '{"kind":"sweep"}' };
const every = {
  Name: 'sweep',
  ScheduleExpression: 'rate(1 minute)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target,
};

function setUp() {
  const world = worldFrom();
  const startMs = world.nowMs();
  const sent: (QueueDelivery & {
    readonly arn: string;
    readonly body: string;
    readonly second: number;
  })[] = [];
  const invoked: unknown[] = [];
  let isBroken = false;
  const hub = {
    ...recordingHub(world),
    sendToQueue: (arn: string, body: string, options?: QueueDelivery) => {
      if (isBroken && arn === QUEUE) throw new ServiceError('InternalError', 'no');
      sent.push({ arn, body, second: Math.floor((world.nowMs() - startMs) / 1_000), ...options });
    },
    invokeFunction: (_region: string, name: string, payload: unknown) => {
      invoked.push([name, payload]);
      return Promise.resolve(undefined);
    },
  };
  const model = new SchedulerModel(world, hub, { accountId: ACCOUNT_ID });
  const { call } = caller(world, model.service);
  return {
    sent,
    invoked,
    hub,
    call,
    driver: new VirtualDriver(world),
    breakQueue: () => (isBroken = true),
  };
}

let it: ReturnType<typeof setUp>;
beforeEach(() => {
  it = setUp();
});

describe('a schedule', () => {
  test('fires at once and then at its rate', async () => {
    await it.call('CreateSchedule', every);
    await it.driver.runFor(150_000);
    expect(it.sent.map(({ second }) => second)).toEqual([0, 60, 120]);
    expect(it.sent[0]?.body).toBe('{"kind":"sweep"}');
  });

  test('starts at its start date and stops at its end date', async () => {
    await it.call('CreateSchedule', {
      ...every,
      StartDate: new Date('2026-01-01T00:02:00Z'),
      EndDate: new Date('2026-01-01T00:03:30Z'),
    });
    await it.driver.runFor(600_000);
    expect(it.sent.map(({ second }) => second)).toEqual([120, 180]);
  });

  test('fires once at a time and deletes itself when asked to', async () => {
    const once = { ...every, ScheduleExpression: 'at(2026-01-01T00:05:00)' };
    await it.call('CreateSchedule', { ...once, ActionAfterCompletion: 'DELETE' });
    await it.driver.runFor(600_000);
    expect(it.sent.map(({ second }) => second)).toEqual([300]);
    await expect(it.call('GetSchedule', { Name: 'sweep' })).rejects.toThrow('does not exist');
  });

  test('invokes a function with its input', async () => {
    await it.call('CreateSchedule', { ...every, Target: { ...Target, Arn: FUNCTION } });
    await it.driver.runFor(1_000);
    expect(it.invoked).toEqual([[FUNCTION, { kind: 'sweep' }]]);
  });

  test('does not fire while it is disabled or after it is deleted', async () => {
    await it.call('CreateSchedule', { ...every, State: 'DISABLED' });
    await it.driver.runFor(120_000);
    expect(it.sent).toEqual([]);
    await it.call('UpdateSchedule', every);
    await it.driver.runFor(1_000);
    await it.call('DeleteSchedule', { Name: 'sweep' });
    await it.driver.runFor(120_000);
    expect(it.sent).toHaveLength(1);
  });

  test('waits while its region is down, as long as the retry policy lets it', async () => {
    const RetryPolicy = { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 185 };
    await it.call('CreateSchedule', { ...every, Target: { ...Target, RetryPolicy } });
    it.hub.down.add('us-east-1');
    await it.driver.runFor(600_000);
    expect(it.sent).toEqual([]);
    it.hub.down.clear();
    await it.driver.runFor(59_000);
    expect(it.sent.length).toBeGreaterThanOrEqual(1);
    expect(it.sent.length).toBeLessThanOrEqual(2);
  });

  test('puts what the target refuses into the dead-letter queue', async () => {
    const more = { RetryPolicy: { MaximumRetryAttempts: 0 }, DeadLetterConfig: { Arn: DEAD } };
    it.breakQueue();
    await it.call('CreateSchedule', { ...every, Target: { ...Target, ...more } });
    await it.driver.runFor(10_000);
    expect(it.sent[0]).toMatchObject({
      arn: DEAD,
      attributes: { ERROR_CODE: 'ERROR_FROM_TARGET', TARGET_ARN: QUEUE },
    });
  });
});

test.each<readonly [string, object, string]>([
  ['cron', { ScheduleExpression: 'cron(0 10 * * ? *)' }, 'cron()'],
  ['a rate of nothing', { ScheduleExpression: 'rate(0 minutes)' }, 'invalid schedule expression'],
  ['another time zone', { ScheduleExpressionTimezone: 'Europe/Berlin' }, 'time zone'],
  ['a flexible window', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'FlexibleTimeWindow'],
  ['another group', { GroupName: 'mine' }, 'does not exist'],
  [
    'another target',
    { Target: { Arn: 'arn:aws:states:us-east-1:1:x', RoleArn } },
    'targets such as',
  ],
  ['no role', { Target: { Arn: QUEUE } }, 'needs Arn and RoleArn'],
])('rejects %s', async (_title, change, text) => {
  await expect(it.call('CreateSchedule', { ...every, ...change })).rejects.toThrow(text);
});

test('lists schedules by prefix and state, and the one group', async () => {
  await it.call('CreateSchedule', every);
  await it.call('CreateSchedule', { ...every, Name: 'probe', State: 'DISABLED' });
  await expect(it.call('CreateSchedule', every)).rejects.toThrow('already exists');
  expect(await it.call('ListSchedules', { NamePrefix: 'sw' })).toMatchObject({
    Schedules: [{ Name: 'sweep', State: 'ENABLED' }],
  });
  expect(await it.call('ListSchedules', { State: 'DISABLED' })).toMatchObject({
    Schedules: [{ Name: 'probe' }],
  });
  expect(await it.call('ListScheduleGroups', {})).toMatchObject({
    ScheduleGroups: [{ Name: 'default' }],
  });
});
