import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { ServiceError } from '../../../../sandbox/service-model.ts';
import type { QueueDelivery } from '../../../../sandbox/service-model.ts';
import { EventBridgeModel } from '../../../../sandbox/services/eventbridge/eventbridge-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ACCOUNT_ID, caller, recordingHub, worldFrom } from '../../recording-hub.ts';

interface Sent extends QueueDelivery {
  readonly arn: string;
  readonly body: string;
  readonly atMs: number;
}

const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT_ID}:work`;
const DEAD = `arn:aws:sqs:us-east-1:${ACCOUNT_ID}:dead`;
const ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/forward`;

function setUp() {
  const world = worldFrom();
  const sent: Sent[] = [];
  let refuse: (arn: string) => ServiceError | undefined = () => undefined;
  const hub = {
    ...recordingHub(world),
    sendToQueue: (arn: string, body: string, options?: QueueDelivery) => {
      const error = refuse(arn);
      if (error !== undefined) throw error;
      sent.push({ arn, body, atMs: world.nowMs(), ...options });
    },
  };
  const model = new EventBridgeModel(world, hub, { accountId: ACCOUNT_ID });
  const { call } = caller(world, model.service);
  return {
    world,
    hub,
    model,
    sent,
    call,
    driver: new VirtualDriver(world),
    startMs: world.nowMs(),
    refuseWith: (decide: typeof refuse) => (refuse = decide),
    rule: async (
      target: object,
      options: { bus?: string; region?: string; pattern?: object } = {},
    ) => {
      const { bus, region, pattern = { source: ['shop'] } } = options;
      const named = { Name: 'rule', EventBusName: bus, EventPattern: JSON.stringify(pattern) };
      await call('PutRule', named, region);
      await call(
        'PutTargets',
        { Rule: 'rule', EventBusName: bus, Targets: [{ Id: 'one', ...target }] },
        region,
      );
    },
    put: (entry: object = {}, region?: string) =>
      call<PutEventsCommandOutput>(
        'PutEvents',
        { Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{"n":1}', ...entry }] },
        region,
      ),
  };
}

let it: ReturnType<typeof setUp>;
beforeEach(() => {
  it = setUp();
});

describe('delivery', () => {
  test('wraps an event in the whole envelope', async () => {
    await it.rule({ Arn: QUEUE });
    const output = await it.put({ Resources: ['r'] });
    await it.driver.runFor(1_000);
    expect(JSON.parse(it.sent[0]?.body ?? '')).toEqual({
      version: '0',
      id: output.Entries?.[0]?.EventId,
      'detail-type': 'Order',
      source: 'shop',
      account: ACCOUNT_ID,
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: ['r'],
      detail: { n: 1 },
    });
  });

  test('takes events of AWS services on the default bus', async () => {
    await it.rule({ Arn: QUEUE }, { pattern: { source: ['aws.ecr'] } });
    it.model.putAwsEvent('us-east-1', {
      source: 'aws.ecr',
      detailType: 'x',
      resources: [],
      detail: {},
    });
    await it.driver.runFor(1_000);
    expect(it.sent).toHaveLength(1);
  });

  test('sends nothing for rules that are disabled, do not match or are gone', async () => {
    await it.rule({ Arn: QUEUE });
    await it.call('DisableRule', { Name: 'rule' });
    await it.put();
    await it.call('EnableRule', { Name: 'rule' });
    await it.put({ Source: 'other' });
    await it.call('RemoveTargets', { Rule: 'rule', Ids: ['one'] });
    await it.put();
    await it.driver.runFor(60_000);
    expect(it.sent).toEqual([]);
  });

  test.each<readonly [string, object, string]>([
    ['a constant', { Input: '{"kind":"sweep"}' }, '{"kind":"sweep"}'],
    ['a part', { InputPath: '$.detail.n' }, '1'],
    [
      'a template',
      {
        InputTransformer: {
          InputPathsMap: { n: '$.detail.n', s: '$.source' },
          InputTemplate: '{"n":<n>,"s":<s>,"text":"<s> has <n>"}',
        },
      },
      '{"n":1,"s":"shop","text":"shop has 1"}',
    ],
  ])('gives the target %s', async (_title, input, body) => {
    await it.rule({ Arn: QUEUE, ...input });
    await it.put();
    await it.driver.runFor(1_000);
    expect(it.sent[0]?.body).toBe(body);
  });

  test('retries with growing waits until the target takes the event', async () => {
    await it.rule({ Arn: QUEUE });
    it.refuseWith(() =>
      it.world.nowMs() < it.startMs + 60_000 ? new ServiceError('InternalError', 'no') : undefined,
    );
    await it.put();
    await it.driver.runFor(300_000);
    expect(it.sent).toHaveLength(1);
    expect(it.sent[0]?.atMs).toBeGreaterThanOrEqual(it.startMs + 60_000);
  });

  test('puts what cannot be delivered in time into the dead-letter queue', async () => {
    await it.rule({
      Arn: QUEUE,
      RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 185 },
      DeadLetterConfig: { Arn: DEAD },
    });
    it.refuseWith((arn) => (arn === QUEUE ? new ServiceError('InternalError', 'no') : undefined));
    await it.put();
    await it.driver.runFor(120_000);
    expect(it.sent).toHaveLength(1);
    expect(it.sent[0]).toMatchObject({
      arn: DEAD,
      attributes: {
        ERROR_CODE: 'ERROR_FROM_TARGET',
        ERROR_MESSAGE: 'no',
        RULE_ARN: `arn:aws:events:us-east-1:${ACCOUNT_ID}:rule/rule`,
        TARGET_ARN: QUEUE,
        EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
      },
    });
  });

  test('counts retries against the policy', async () => {
    const policy = { MaximumRetryAttempts: 2 };
    await it.rule({ Arn: QUEUE, RetryPolicy: policy, DeadLetterConfig: { Arn: DEAD } });
    it.refuseWith((arn) => (arn === QUEUE ? new ServiceError('InternalError', 'no') : undefined));
    await it.put();
    await it.driver.runFor(120_000);
    expect(it.sent[0]?.attributes).toMatchObject({
      RETRY_ATTEMPTS: '2',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    });
  });

  test('does not retry a queue that does not exist', async () => {
    await it.rule({ Arn: QUEUE, DeadLetterConfig: { Arn: DEAD } });
    it.refuseWith((arn) =>
      arn === QUEUE ? new ServiceError('QueueDoesNotExist', 'gone') : undefined,
    );
    await it.put();
    await it.driver.runFor(1_000);
    expect(it.sent[0]?.attributes).toMatchObject({
      ERROR_CODE: 'NO_RESOURCE',
      RETRY_ATTEMPTS: '0',
    });
  });

  test('waits while the region is down and delivers after it is back', async () => {
    await it.rule({ Arn: QUEUE });
    await it.put();
    it.hub.down.add('us-east-1');
    it.model.putAwsEvent('us-east-1', {
      source: 'shop',
      detailType: 'x',
      resources: [],
      detail: {},
    });
    await it.driver.runFor(600_000);
    expect(it.sent).toEqual([]);
    it.hub.down.clear();
    await it.driver.runFor(1_200_000);
    expect(it.sent).toHaveLength(1);
  });
});

describe('forwarding between buses', () => {
  const busIn = (region: string) => `arn:aws:events:${region}:${ACCOUNT_ID}:event-bus/own`;
  const toQueueIn = (region: string) => ({ Arn: QUEUE.replace('us-east-1', region) });

  test('keeps source, time and region of the original', async () => {
    await it.call('CreateEventBus', { Name: 'own' }, 'eu-west-1');
    await it.rule({ Arn: busIn('eu-west-1'), RoleArn: ROLE });
    await it.rule(toQueueIn('eu-west-1'), { bus: 'own', region: 'eu-west-1' });
    await it.put();
    await it.driver.runFor(2_000);
    expect(JSON.parse(it.sent[0]?.body ?? '{}')).toMatchObject({
      source: 'shop',
      region: 'us-east-1',
      time: '2026-01-01T00:00:00Z',
    });
  });

  test('waits for a region that is down', async () => {
    await it.call('CreateEventBus', { Name: 'own' }, 'eu-west-1');
    await it.rule({ Arn: busIn('eu-west-1'), RoleArn: ROLE });
    await it.rule(toQueueIn('eu-west-1'), { bus: 'own', region: 'eu-west-1' });
    it.hub.down.add('eu-west-1');
    await it.put();
    await it.driver.runFor(60_000);
    it.hub.down.clear();
    await it.driver.runFor(120_000);
    expect(it.sent).toHaveLength(1);
  });

  test('crosses regions only once', async () => {
    await it.call('CreateEventBus', { Name: 'own' }, 'eu-west-1');
    await it.call('CreateEventBus', { Name: 'own' });
    const deadInEurope = DEAD.replace('us-east-1', 'eu-west-1');
    await it.rule({ Arn: busIn('eu-west-1'), RoleArn: ROLE });
    await it.rule(
      { Arn: busIn('us-east-1'), RoleArn: ROLE, DeadLetterConfig: { Arn: deadInEurope } },
      { bus: 'own', region: 'eu-west-1' },
    );
    await it.put();
    await it.driver.runFor(2_000);
    expect(it.sent[0]?.attributes?.['ERROR_CODE']).toBe('THIRD_REGION_HOP_DETECTED');
  });

  test('rejects a bus of another region without a role', async () => {
    await expect(it.rule({ Arn: busIn('eu-west-1') })).rejects.toThrow('RoleArn is required');
  });
});

describe('PutEvents', () => {
  test.each<readonly [string, object, string]>([
    ['a source of AWS', { Source: 'aws.ecr' }, 'NotAuthorizedForSourceException'],
    ['details that are no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['details that are no object', { Detail: '[1]' }, 'MalformedDetail'],
    ['no source', { Source: undefined }, 'InvalidArgument'],
    ['no detail type', { DetailType: undefined }, 'InvalidArgument'],
  ])('rejects an entry with %s', async (_title, entry, code) => {
    const output = await it.put(entry);
    expect(output.FailedEntryCount).toBe(1);
    expect(output.Entries?.[0]?.ErrorCode).toBe(code);
  });

  test('rejects more than ten entries and more than 1 MB', async () => {
    const entry = { Source: 's', DetailType: 'd', Detail: '{}' };
    await expect(it.call('PutEvents', { Entries: Array(11).fill(entry) })).rejects.toThrow(
      'entries',
    );
    const Detail = JSON.stringify({ text: 'x'.repeat(1_048_576) });
    await expect(it.put({ Detail })).rejects.toThrow('over the limit');
  });
});

describe('rules', () => {
  test('list in pages by prefix', async () => {
    for (const name of ['b-1', 'a-2', 'a-1']) {
      await it.call('PutRule', { Name: name, EventPattern: '{"source":["x"]}' });
    }
    const first = await it.call<{ Rules: { Name: string }[]; NextToken: string }>('ListRules', {
      NamePrefix: 'a-',
      Limit: 1,
    });
    expect(first.Rules.map(({ Name }) => Name)).toEqual(['a-1']);
    const second = await it.call('ListRules', {
      NamePrefix: 'a-',
      Limit: 1,
      NextToken: first.NextToken,
    });
    expect(second).toMatchObject({ Rules: [{ Name: 'a-2' }], NextToken: undefined });
  });

  test('keep their targets when they are put again, and refuse to go with targets', async () => {
    await it.rule({ Arn: QUEUE });
    await it.call('PutRule', { Name: 'rule', EventPattern: '{"source":["other"]}' });
    expect(await it.call('ListTargetsByRule', { Rule: 'rule' })).toMatchObject({
      Targets: [{ Id: 'one', Arn: QUEUE }],
    });
    await expect(it.call('DeleteRule', { Name: 'rule' })).rejects.toThrow('has targets');
  });

  test.each<readonly [string, string, object]>([
    ['a schedule', 'ScheduleExpression', { Name: 'r', ScheduleExpression: 'rate(1 minute)' }],
    [
      'a pattern it cannot match',
      'contains',
      { Name: 'r', EventPattern: '{"a":[{"contains":"x"}]}' },
    ],
    [
      'an unknown bus',
      'does not exist',
      { Name: 'r', EventPattern: '{"a":["x"]}', EventBusName: 'n' },
    ],
  ])('rejects %s', async (_title, text, input) => {
    await expect(it.call('PutRule', input)).rejects.toThrow(text);
  });

  test.each<readonly [string, string, object]>([
    [
      'another service',
      'does not implement targets',
      { Arn: 'arn:aws:states:us-east-1:1:stateMachine:x' },
    ],
    ['a queue elsewhere', 'is not in us-east-1', { Arn: QUEUE.replace('us-east-1', 'eu-west-1') }],
    ['FIFO', 'FIFO', { Arn: `${QUEUE}.fifo` }],
    ['unknown members', 'SqsParameters', { Arn: QUEUE, SqsParameters: { MessageGroupId: 'g' } }],
    ['two inputs', 'only one of', { Arn: QUEUE, Input: '{}', InputPath: '$.detail' }],
  ])('reject a target with %s', async (_title, text, target) => {
    await expect(it.rule(target)).rejects.toThrow(text);
  });

  test('are tried out on an event', async () => {
    const EventPattern = '{"source":["x"]}';
    const whole = { id: '1', account: '1', time: '', region: '', resources: [], 'detail-type': '' };
    const Event = JSON.stringify({ ...whole, source: 'x' });
    expect(await it.call('TestEventPattern', { EventPattern, Event })).toEqual({ Result: true });
    await expect(it.call('TestEventPattern', { EventPattern, Event: '{}' })).rejects.toThrow(
      'lacks id',
    );
  });
});
