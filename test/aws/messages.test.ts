import { describe, expect, test } from '@jest/globals';
import { EventBridgeEvents } from '../../aws/eventbridge-events.ts';
import { LambdaHooks } from '../../aws/lambda-hooks.ts';
import { SnsNotifier } from '../../aws/sns-notifier.ts';
import { SqsQueue } from '../../aws/sqs-queue.ts';
import { SqsWakes } from '../../aws/sqs-wakes.ts';
import { stubAws } from './stub-client.ts';

const region = 'us-east-1';
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a hook', () => {
  const hookOver = (answer: object) => {
    const stub = stubAws({ 'Lambda Invoke': () => answer });
    return { stub, hooks: new LambdaHooks(stub.clients.lambda) };
  };

  test('is waited for and gives its answer', async () => {
    const { hooks, stub } = hookOver({ Payload: bytes('{"promoted":true}') });
    expect(await hooks.invoke('us-west-2', 'promote', { app: 'shop' })).toEqual({
      promoted: true,
    });
    expect(stub.sent[0]).toMatchObject({
      region: 'us-west-2',
      input: { FunctionName: 'promote', InvocationType: 'RequestResponse' },
    });
    expect(stub.sent[0]?.input['Payload']).toEqual(bytes('{"app":"shop"}'));
  });

  test('may answer nothing', async () => {
    expect(await hookOver({}).hooks.invoke(region, 'promote', {})).toBeUndefined();
  });

  test.each([
    ['{"errorType":"Error","errorMessage":"lag is \\"9 s\\""}', 'failed: lag is "9 s"'],
    ['Task timed out after 3.00 seconds', 'failed: Task timed out after 3.00 seconds'],
  ])('that failed with %s throws its message', async (payload, message) => {
    const { hooks } = hookOver({ FunctionError: 'Unhandled', Payload: bytes(payload) });
    await expect(hooks.invoke(region, 'promote', {})).rejects.toThrow(message);
  });
});

describe('an event', () => {
  test('goes to our own bus under our own source', async () => {
    const stub = stubAws({ 'EventBridge PutEvents': () => ({ FailedEntryCount: 0 }) });
    const events = new EventBridgeEvents(stub.clients.eventbridge(region), 'farshore-shop');
    await events.publish('Image Replicated', { app: 'shop' });
    expect(stub.inputs('EventBridge PutEvents')).toEqual([
      {
        Entries: [
          {
            EventBusName: 'farshore-shop',
            Source: 'farshore',
            DetailType: 'Image Replicated',
            Detail: '{"app":"shop"}',
          },
        ],
      },
    ]);
  });

  test('that the bus refused throws, although the call succeeded', async () => {
    const { clients } = stubAws({
      'EventBridge PutEvents': () => ({
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'later' }],
      }),
    });
    const events = new EventBridgeEvents(clients.eventbridge(region), 'bus');
    await expect(events.publish('Image Replicated', {})).rejects.toThrow('InternalFailure, later');
  });
});

describe('a message', () => {
  const queueOver = () => {
    const stub = stubAws({ 'SQS SendMessage': () => ({}) });
    return { stub, queue: new SqsQueue(stub.clients.sqs(region), 'https://sqs/q') };
  };

  test.each([
    [0, 0],
    [-5, 0],
    [1, 1],
    [1_000, 1],
    [10_500, 11],
    [900_000, 900],
    [86_400_000, 900],
  ])('delayed by %p ms is sent with %p s', async (delayMs, DelaySeconds) => {
    const { queue, stub } = queueOver();
    await queue.send('{}', { delayMs });
    expect(stub.inputs('SQS SendMessage')).toEqual([
      { QueueUrl: 'https://sqs/q', MessageBody: '{}', DelaySeconds },
    ]);
  });

  test.each([
    ['why', 'why'],
    ['', '-'],
    ['a\u0000b\u001bc', 'a b c'],
    ['tab\tand line\n', 'tab\tand line\n'],
  ])('carries the attribute %j as %j', async (cause, StringValue) => {
    const { queue, stub } = queueOver();
    await queue.send('{}', { attributes: { cause } });
    expect(stub.inputs('SQS SendMessage')[0]).toMatchObject({
      MessageAttributes: { cause: { DataType: 'String', StringValue } },
    });
  });
});

describe('a wake', () => {
  const wake = { kind: 'wake', app: 'shop', cause: 'recheck' } as const;

  test('goes to the queue of its loop', async () => {
    const stub = stubAws({ 'SQS SendMessage': () => ({}) });
    const wakes = new SqsWakes(stub.clients.sqs(region), { scaling: 'https://sqs/scaling' });
    await wakes.wake('scaling', wake, 1_500);
    expect(stub.inputs('SQS SendMessage')).toEqual([
      { QueueUrl: 'https://sqs/scaling', MessageBody: JSON.stringify(wake), DelaySeconds: 2 },
    ]);
  });

  test('of a loop without a queue says which loops have one', async () => {
    const wakes = new SqsWakes(stubAws({}).clients.sqs(region), { scaling: 'https://sqs/s' });
    await expect(wakes.wake('failover', wake, 0)).rejects.toThrow(
      'the failover loop cannot be woken from here, only: scaling',
    );
  });
});

describe('a notice', () => {
  test.each([
    ['storefront failed over', 'storefront failed over'],
    ['two\nlines  and \u2192 an arrow', 'two lines and ? an arrow'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['x'.repeat(101), `${'x'.repeat(97)}...`],
  ])('with the subject %j is sent with %j', async (subject, expected) => {
    const stub = stubAws({ 'SNS Publish': () => ({}) });
    const notifier = new SnsNotifier(stub.clients.sns(region), 'arn:topic');
    const notice = { kind: 'failover-done', severity: 'auto-handled', subject, text: 'T' } as const;
    await notifier.publish(notice, 'id-1');
    expect(stub.inputs('SNS Publish')).toEqual([
      {
        TopicArn: 'arn:topic',
        Subject: expected,
        Message: 'T',
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: 'failover-done' },
          severity: { DataType: 'String', StringValue: 'auto-handled' },
          id: { DataType: 'String', StringValue: 'id-1' },
        },
      },
    ]);
  });
});
