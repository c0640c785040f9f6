import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Message, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import { SqsModel } from '../../../../sandbox/services/sqs/sqs-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ModelBench, accountId, startMs } from '../model-bench.ts';

const base = 'http://127.0.0.1:4566';
const QueueUrl = `${base}/${accountId}/wakes`;
const arn = `arn:aws:sqs:eu-west-1:${accountId}:wakes`;

let bench: ModelBench;
let model: SqsModel;
let driver: VirtualDriver;

beforeEach(async () => {
  bench = new ModelBench();
  driver = new VirtualDriver(bench.world);
  model = new SqsModel(bench.world, bench.hub, { accountId, queueUrlBase: () => base });
  await run('CreateQueue', { QueueName: 'wakes' });
});

function run<Output = Record<string, unknown>>(operation: string, input: object): Promise<Output> {
  return bench.run(model.service, operation, { QueueUrl, ...input });
}

async function receive(more: object = {}): Promise<readonly Message[]> {
  return (await run<ReceiveMessageResult>('ReceiveMessage', more)).Messages ?? [];
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

describe('queues', () => {
  test('are found by name, with their URL at the gateway', async () => {
    await expect(run('GetQueueUrl', { QueueName: 'wakes' })).resolves.toEqual({ QueueUrl });
    await expect(run('GetQueueUrl', { QueueName: 'none' })).rejects.toMatchObject({
      code: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
    await expect(run('ListQueues', { QueueNamePrefix: 'wa' })).resolves.toEqual({
      QueueUrls: [QueueUrl],
    });
    expect(bench.resources(model.service, 'SendMessage', { QueueUrl })).toEqual([arn]);
  });

  test('are made again with the same attributes only', async () => {
    await expect(run('CreateQueue', { QueueName: 'wakes' })).resolves.toEqual({ QueueUrl });
    const other = { QueueName: 'wakes', Attributes: { VisibilityTimeout: '9' } };
    await expect(run('CreateQueue', other)).rejects.toMatchObject({ code: 'QueueNameExists' });
  });

  test('tell their attributes and how many messages they hold', async () => {
    await run('SendMessage', { MessageBody: 'a' });
    await run('SendMessage', { MessageBody: 'b' });
    await run('SendMessage', { MessageBody: 'c', DelaySeconds: 5 });
    await receive();
    await run('SetQueueAttributes', { Attributes: { VisibilityTimeout: '180' } });
    await expect(run('GetQueueAttributes', { AttributeNames: ['All'] })).resolves.toMatchObject({
      Attributes: {
        QueueArn: arn,
        VisibilityTimeout: '180',
        ApproximateNumberOfMessages: '1',
        ApproximateNumberOfMessagesNotVisible: '1',
        ApproximateNumberOfMessagesDelayed: '1',
        CreatedTimestamp: String(startMs / 1_000),
      },
    });
  });

  test.each([
    [{ QueueName: 'a.fifo' }, 'UnsupportedOperation'],
    [{ QueueName: 'a b' }, 'InvalidParameterValueException'],
    [{ QueueName: 'q', Attributes: { DelaySeconds: '901' } }, 'InvalidAttributeValue'],
    [{ QueueName: 'q', Attributes: { Colour: 'red' } }, 'InvalidAttributeName'],
    [{ QueueName: 'q', Attributes: { RedrivePolicy: '{}' } }, 'InvalidParameterValueException'],
    [{ QueueName: 'q', Attributes: { Policy: '{' } }, 'InvalidAttributeValue'],
  ])('rejects %j', async (input, code) => {
    await expect(run('CreateQueue', input)).rejects.toMatchObject({ code });
  });

  test('are emptied once a minute', async () => {
    await run('SendMessage', { MessageBody: 'a' });
    await run('PurgeQueue', {});
    expect(await receive()).toEqual([]);
    await expect(run('PurgeQueue', {})).rejects.toMatchObject({ code: 'PurgeQueueInProgress' });
  });
});

describe('messages', () => {
  test('arrive with checksums, attributes and what SQS says of them', async () => {
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'probe' },
      raw: { DataType: 'Binary', BinaryValue: Uint8Array.from([1, 2]) },
    };
    const sent = await run('SendMessage', { MessageBody: 'hello', MessageAttributes });
    expect(sent).toMatchObject({ MD5OfMessageBody: md5('hello') });
    const [message] = await receive({
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    expect(message).toMatchObject({
      MessageId: sent['MessageId'],
      Body: 'hello',
      MD5OfBody: md5('hello'),
      MD5OfMessageAttributes: sent['MD5OfMessageAttributes'],
      MessageAttributes,
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(startMs),
        ApproximateFirstReceiveTimestamp: String(startMs),
        SenderId: accountId,
      },
    });
  });

  test('have the checksum of attributes that SQS documents', async () => {
    // Each part after its length, and 1 for a text before the value.
    const sent = await run('SendMessage', {
      MessageBody: 'x',
      MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } },
    });
    const bytes = Buffer.from('\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x01b', 'latin1');
    expect(sent['MD5OfMessageAttributes']).toBe(createHash('md5').update(bytes).digest('hex'));
  });

  test('show only the attributes that were asked for', async () => {
    const attribute = { DataType: 'String', StringValue: 'v' };
    const MessageAttributes = { 'app.name': attribute, other: attribute };
    await run('SendMessage', { MessageBody: 'x', MessageAttributes });
    const [message] = await receive({ MessageAttributeNames: ['app.*'] });
    expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(['app.name']);
    expect(message?.Attributes).toBeUndefined();
  });

  test('stay hidden for their delay', async () => {
    await run('SendMessage', { MessageBody: 'later', DelaySeconds: 10 });
    await driver.runFor(9_999);
    expect(await receive()).toEqual([]);
    await driver.runFor(1);
    expect(await receive()).toHaveLength(1);
  });

  test('come back after the visibility timeout, counted', async () => {
    await run('SendMessage', { MessageBody: 'a' });
    await receive({ VisibilityTimeout: 20 });
    await driver.runFor(19_000);
    expect(await receive()).toEqual([]);
    await driver.runFor(1_000);
    const [again] = await receive({ AttributeNames: ['ApproximateReceiveCount'] });
    expect(again?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
  });

  test('are deleted with the newest receipt only', async () => {
    await run('SendMessage', { MessageBody: 'a' });
    const [first] = await receive({ VisibilityTimeout: 0 });
    const [second] = await receive({ VisibilityTimeout: 0 });
    await run('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle });
    expect(await receive({ VisibilityTimeout: 0 })).toHaveLength(1);
    await run('DeleteMessage', { ReceiptHandle: second?.ReceiptHandle });
    const [last] = await receive();
    await run('DeleteMessage', { ReceiptHandle: last?.ReceiptHandle });
    await driver.runFor(60_000);
    expect(await receive()).toEqual([]);
    await expect(run('DeleteMessage', { ReceiptHandle: 'x' })).rejects.toMatchObject({
      code: 'ReceiptHandleIsInvalid',
    });
  });

  test('can be hidden longer or shown at once while in flight', async () => {
    await run('SendMessage', { MessageBody: 'a' });
    const [message] = await receive();
    const { ReceiptHandle } = message ?? {};
    await run('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 100 });
    await driver.runFor(99_000);
    expect(await receive()).toEqual([]);
    await run('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 0 });
    expect(await receive()).toHaveLength(1);
  });

  test('are refused a change when they are not in flight', async () => {
    await run('SendMessage', { MessageBody: 'a' });
    const [message] = await receive({ VisibilityTimeout: 1 });
    await driver.runFor(1_000);
    const input = { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 5 };
    await expect(run('ChangeMessageVisibility', input)).rejects.toMatchObject({
      code: 'MessageNotInflight',
    });
  });

  test('go to the dead letters after the receives that the policy allows', async () => {
    await run('CreateQueue', { QueueName: 'dead' });
    const deadLetterTargetArn = `arn:aws:sqs:eu-west-1:${accountId}:dead`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
    await run('SetQueueAttributes', { Attributes: { RedrivePolicy } });
    const { MessageId } = await run('SendMessage', { MessageBody: 'poison' });
    for (let count = 1; count <= 2; count += 1) {
      expect(await receive({ VisibilityTimeout: 0 })).toHaveLength(1);
    }
    expect(await receive()).toEqual([]);
    const dead = { QueueUrl: `${base}/${accountId}/dead`, MessageSystemAttributeNames: ['All'] };
    const [letter] = await receive(dead);
    expect(letter).toMatchObject({
      MessageId,
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: arn },
    });
  });

  test('are dropped at the end of the retention period', async () => {
    await run('SendMessage', { MessageBody: 'old' });
    await driver.runFor(345_600_000);
    expect(await receive()).toEqual([]);
  });

  test.each([
    [{ MessageBody: '' }, 'MissingRequiredParameterException'],
    [{ MessageBody: 'a\u0000' }, 'InvalidMessageContents'],
    [{ MessageBody: 'x'.repeat(1_024 * 1_024 + 1) }, 'InvalidParameterValueException'],
    [{ MessageBody: 'a', DelaySeconds: 901 }, 'InvalidParameterValueException'],
    [{ MessageBody: 'a', MessageGroupId: 'g' }, 'UnsupportedOperation'],
    [
      { MessageBody: 'a', MessageAttributes: { k: { DataType: 'String', StringValue: '' } } },
      'InvalidParameterValueException',
    ],
    [
      { MessageBody: 'a', MessageAttributes: { k: { DataType: 'Text', StringValue: 'v' } } },
      'InvalidParameterValueException',
    ],
    [{ MessageBody: 'a', QueueUrl: `${base}/${accountId}/none` }, 'QueueDoesNotExist'],
  ])('are rejected when sent wrongly: %#', async (input, code) => {
    await expect(run('SendMessage', input)).rejects.toMatchObject({ code });
  });
});

describe('long polling', () => {
  test('answers as soon as a message comes', async () => {
    const answer = receive({ WaitTimeSeconds: 20 });
    await driver.runFor(5_000);
    await run('SendMessage', { MessageBody: 'now' });
    expect(await answer).toHaveLength(1);
  });

  test('answers when a delayed or hidden message shows', async () => {
    await run('SendMessage', { MessageBody: 'hidden' });
    await receive({ VisibilityTimeout: 3 });
    const answer = receive({ WaitTimeSeconds: 20 });
    await driver.runFor(3_000);
    expect(await answer).toHaveLength(1);
  });

  test('answers empty at the end of the wait, in world time', async () => {
    let isDone = false;
    const answer = receive({ WaitTimeSeconds: 20 }).finally(() => (isDone = true));
    await driver.runFor(19_999);
    expect(isDone).toBe(false);
    await driver.runFor(1);
    expect(await answer).toEqual([]);
  });
});

describe('batches', () => {
  test('send, delete and change each entry for itself', async () => {
    const Entries = [
      { Id: 'a', MessageBody: 'one' },
      { Id: 'b', MessageBody: '' },
    ];
    await expect(run('SendMessageBatch', { Entries })).resolves.toMatchObject({
      Successful: [{ Id: 'a', MD5OfMessageBody: md5('one') }],
      Failed: [{ Id: 'b', SenderFault: true }],
    });
    const [message] = await receive();
    const handles = [
      { Id: 'good', ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 3 },
      { Id: 'bad', ReceiptHandle: 'x', VisibilityTimeout: 3 },
    ];
    const expected = { Successful: [{ Id: 'good' }], Failed: [{ Id: 'bad' }] };
    for (const operation of ['ChangeMessageVisibilityBatch', 'DeleteMessageBatch']) {
      await expect(run(operation, { Entries: handles })).resolves.toMatchObject(expected);
    }
  });

  const entry = (Id: string) => ({ Id, MessageBody: 'x' });

  test.each([
    [[], 'EmptyBatchRequest'],
    [
      Array.from({ length: 11 }, (_, index) => entry(String(index))),
      'TooManyEntriesInBatchRequest',
    ],
    [[entry('a'), entry('a')], 'BatchEntryIdsNotDistinct'],
    [[entry('a b')], 'InvalidBatchEntryId'],
    [['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600 * 1_024) })), 'BatchRequestTooLong'],
  ])('are rejected as a whole: %#', async (Entries, code) => {
    await expect(run('SendMessageBatch', { Entries })).rejects.toMatchObject({ code });
  });
});

describe('deliveries by services', () => {
  const statement = (Condition?: object) => ({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: arn,
    ...(Condition && { Condition }),
  });
  const rule = 'arn:aws:events:eu-west-1:1:rule/r';
  const cases: readonly [name: string, policy: object[], options: object, isLetIn: boolean][] = [
    ['with a statement for the service', [statement()], { service: 'events.amazonaws.com' }, true],
    ['with a statement for any service', [statement()], {}, true],
    ['without a policy', [], { service: 'events.amazonaws.com' }, false],
    ['for another service', [statement()], { service: 'sns.amazonaws.com' }, false],
    [
      'from the source that is named',
      [statement({ ArnEquals: { 'aws:SourceArn': rule } })],
      { service: 'events.amazonaws.com', sourceArn: rule },
      true,
    ],
    [
      'from another source',
      [statement({ ArnEquals: { 'aws:SourceArn': rule } })],
      { service: 'events.amazonaws.com', sourceArn: `${rule}2` },
      false,
    ],
    ['under a role', [], { roleArn: 'arn:aws:iam::1:role/scheduler' }, true],
  ];

  test.each(cases)('%s', async (_name, statements, options, isLetIn) => {
    if (statements.length > 0) {
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      await run('SetQueueAttributes', { Attributes: { Policy } });
    }
    const deliver = () => {
      model.deliver(arn, 'event', options);
    };
    if (isLetIn) expect(deliver).not.toThrow();
    else expect(deliver).toThrow(/may not send to .* Add one\./);
    expect(await receive()).toHaveLength(isLetIn ? 1 : 0);
  });

  test('are rejected while the region is down', () => {
    bench.down.add('eu-west-1');
    expect(() => {
      model.deliver(arn, 'event', { roleArn: 'r' });
    }).toThrow('SQS in eu-west-1 is down');
  });
});
