import { beforeEach, describe, expect, test } from '@jest/globals';
import { SnsModel } from '../../../../sandbox/services/sns/sns-model.ts';
import { ModelBench, accountId, startMs } from '../model-bench.ts';

const TopicArn = `arn:aws:sns:eu-west-1:${accountId}:notices`;
const queueArn = `arn:aws:sqs:eu-west-1:${accountId}:audit`;

let bench: ModelBench;
let model: SnsModel;

beforeEach(async () => {
  bench = new ModelBench();
  model = new SnsModel(bench.world, bench.hub, { accountId });
  await run('CreateTopic', { Name: 'notices', Attributes: { DisplayName: 'Farshore' } });
});

function run(
  operation: string,
  input: object,
  region = 'eu-west-1',
): Promise<Record<string, unknown>> {
  return bench.run(model.service, operation, { TopicArn, ...input }, { region });
}

describe('topics', () => {
  test('are made once, listed and described in their region', async () => {
    await expect(run('CreateTopic', { Name: 'notices' })).resolves.toEqual({ TopicArn });
    await expect(run('ListTopics', {})).resolves.toEqual({ Topics: [{ TopicArn }] });
    await run('SetTopicAttributes', { AttributeName: 'DisplayName', AttributeValue: 'Ops' });
    await expect(run('GetTopicAttributes', {})).resolves.toMatchObject({
      Attributes: { DisplayName: 'Ops', Owner: accountId, SubscriptionsConfirmed: '0' },
    });
    await expect(run('GetTopicAttributes', {}, 'us-east-1')).rejects.toMatchObject({
      code: 'NotFoundException',
      message: 'Topic does not exist',
    });
    expect(bench.resources(model.service, 'Publish', { TopicArn })).toEqual([TopicArn]);
  });

  test('list their subscriptions', async () => {
    const input = { Protocol: 'email', Endpoint: 'oncall@shop.example' };
    const { SubscriptionArn } = await run('Subscribe', input);
    await expect(run('Subscribe', input)).resolves.toEqual({ SubscriptionArn });
    const expected = { Subscriptions: [{ SubscriptionArn, ...input, TopicArn, Owner: accountId }] };
    await expect(run('ListSubscriptions', {})).resolves.toEqual(expected);
    await expect(run('ListSubscriptionsByTopic', {})).resolves.toEqual(expected);
  });

  test.each([
    ['CreateTopic', { Name: 'a.fifo' }],
    ['CreateTopic', { Name: 'a b' }],
    ['Subscribe', { Protocol: 'pigeon', Endpoint: 'roof' }],
    ['Subscribe', { Protocol: 'email', Endpoint: 'nobody' }],
    ['Subscribe', { Protocol: 'sqs', Endpoint: queueArn, Attributes: { FilterPolicy: '{}' } }],
    ['SetTopicAttributes', { AttributeName: 'Colour', AttributeValue: 'red' }],
  ])('rejects %s %j', async (operation, input) => {
    await expect(run(operation, input)).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
  });
});

describe('publishing', () => {
  test('puts one message into the inbox, with every endpoint it went to', async () => {
    await run('Subscribe', { Protocol: 'email', Endpoint: 'oncall@shop.example' });
    await run('Subscribe', { Protocol: 'sqs', Endpoint: queueArn });
    const { MessageId } = await run('Publish', {
      Subject: 'storefront moved',
      Message: 'to us-west-2',
      MessageAttributes: { app: { DataType: 'String', StringValue: 'storefront' } },
    });
    expect(model.inbox()).toEqual([
      {
        messageId: MessageId,
        region: 'eu-west-1',
        topicArn: TopicArn,
        subject: 'storefront moved',
        text: 'to us-west-2',
        attributes: { app: 'storefront' },
        atMs: startMs,
        deliveries: [
          { protocol: 'email', endpoint: 'oncall@shop.example' },
          { protocol: 'sqs', endpoint: queueArn },
        ],
      },
    ]);
    const [sent] = bench.sent;
    expect(sent?.options).toEqual({ service: 'sns.amazonaws.com', sourceArn: TopicArn });
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      Type: 'Notification',
      TopicArn,
      Subject: 'storefront moved',
      Message: 'to us-west-2',
      Timestamp: '2026-06-01T12:00:00.000Z',
      MessageAttributes: { app: { Type: 'String', Value: 'storefront' } },
    });
  });

  test('sends raw text to a queue that wants it, and a record to a function', async () => {
    const Attributes = { RawMessageDelivery: 'true' };
    await run('Subscribe', { Protocol: 'sqs', Endpoint: queueArn, Attributes });
    const Endpoint = `arn:aws:lambda:eu-west-1:${accountId}:function:page`;
    await run('Subscribe', { Protocol: 'lambda', Endpoint });
    const Message = JSON.stringify({ default: 'all', sqs: 'for queues' });
    await run('Publish', { Message, MessageStructure: 'json' });
    expect(bench.sent[0]?.body).toBe('for queues');
    expect(bench.invoked).toMatchObject([
      {
        name: Endpoint,
        payload: { Records: [{ EventSource: 'aws:sns', Sns: { Message: 'all' } }] },
      },
    ]);
  });

  test('notes a subscriber that refused and still reaches the others', async () => {
    bench.hub.sendToQueue = () => {
      throw new Error('no queue policy');
    };
    await run('Subscribe', { Protocol: 'sqs', Endpoint: queueArn });
    await run('Subscribe', { Protocol: 'email', Endpoint: 'oncall@shop.example' });
    await run('Publish', { Message: 'x' });
    expect(model.inbox()[0]?.deliveries).toEqual([
      { protocol: 'sqs', endpoint: queueArn, error: 'no queue policy' },
      { protocol: 'email', endpoint: 'oncall@shop.example' },
    ]);
  });

  const refused: readonly [name: string, input: object, message: string][] = [
    ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'Subject'],
    ['a subject with a line break', { Subject: 'a\nb' }, 'Subject'],
    ['a subject that is not ASCII', { Subject: 'Ausfall in Köln' }, 'Subject'],
    ['a subject that begins with a space', { Subject: ' a' }, 'Subject'],
    ['an empty subject', { Subject: '' }, 'Subject'],
    ['an empty message', { Message: '' }, 'Empty message'],
    ['a message above 256 KB', { Message: 'x'.repeat(262_145) }, 'Message too long'],
    [
      'a structure without a default',
      { Message: '{}', MessageStructure: 'json' },
      'Message Structure - No default entry in JSON message body',
    ],
  ];

  test.each(refused)('rejects %s', async (_name, input, message) => {
    await expect(run('Publish', { Message: 'x', ...input })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: `Invalid parameter: ${message}`,
    });
    expect(model.inbox()).toEqual([]);
  });

  test('takes a subject of 100 characters', async () => {
    await run('Publish', { Message: 'x', Subject: 'x'.repeat(100) });
    expect(model.inbox()).toHaveLength(1);
  });
});
