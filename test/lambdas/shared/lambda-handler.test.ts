import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_RECEIVES } from '../../../core/contract/functions.ts';
import { TerminalError } from '../../../core/errors.ts';
import { lambdaHandler } from '../../../lambdas/shared/lambda-handler.ts';
import type { Work } from '../../../lambdas/shared/message-batch.ts';
import { shopFleet } from '../../aws/shop-fleet.ts';
import { type Answer, awsError, stubAws } from '../../aws/stub-client.ts';
import {
  functionEnvironment,
  lambdaContext,
  type Message,
  sqsEvent,
} from '../function-environment.ts';

const silent = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
beforeAll(() => {
  Object.assign(process.env, silent);
});
afterAll(() => {
  for (const variable of Object.keys(silent)) Reflect.deleteProperty(process.env, variable);
});

interface Run {
  readonly work: Work;
  readonly messages: readonly Message[];
  readonly remainingMs?: number;
  readonly sendMessage?: () => Answer;
  readonly changeVisibility?: () => Answer;
}

const taken = () => ({});

async function run({ work, messages, remainingMs, ...answers }: Run) {
  const { sendMessage = taken, changeVisibility = taken } = answers;
  const stub = stubAws({
    'SQS SendMessage': sendMessage,
    'SQS ChangeMessageVisibility': changeVisibility,
  });
  const handler = lambdaHandler('scale-service', functionEnvironment, () => work, {
    fleet: shopFleet,
    clients: stub.options,
  });
  const response = await handler(sqsEvent(messages), lambdaContext(remainingMs));
  const deadLetters = stub.inputs('SQS SendMessage').map((input) => {
    const { cause } = input['MessageAttributes'] as { cause: { StringValue: string } };
    return { queue: input['QueueUrl'], body: input['MessageBody'], cause: cause.StringValue };
  });
  const given = stub.inputs('SQS ChangeMessageVisibility').map((input) => ({
    queue: input['QueueUrl'],
    seconds: input['VisibilityTimeout'],
  }));
  const again = response.batchItemFailures.map((each) => each.itemIdentifier);
  return { again, deadLetters, ...(given.length === 0 ? {} : { given }) };
}

const wellFormed = { body: '{"kind":"wake"}' };
const done: Work = () => Promise.resolve();
const failing =
  (error: Error): Work =>
  () =>
    Promise.reject(error);
const dead = 'https://sqs/dead';

describe('a message', () => {
  test('that was worked on is acknowledged', async () => {
    const seen: unknown[] = [];
    const work: Work = (body) => Promise.resolve(void seen.push(body));
    expect(await run({ work, messages: [wellFormed] })).toEqual({ again: [], deadLetters: [] });
    expect(seen).toEqual([{ kind: 'wake' }]);
  });

  test('that is not JSON becomes a dead letter with its cause', async () => {
    const { again, deadLetters } = await run({ work: done, messages: [{ body: '{"kind":' }] });
    expect(again).toEqual([]);
    expect(deadLetters).toEqual([
      { queue: dead, body: '{"kind":', cause: expect.stringMatching(/^the message is not JSON: /) },
    ]);
  });

  test('that no retry can help becomes a dead letter at once', async () => {
    const work = failing(new TerminalError('no such application'));
    expect(await run({ work, messages: [wellFormed] })).toEqual({
      again: [],
      deadLetters: [{ queue: dead, body: wellFormed.body, cause: 'no such application' }],
    });
  });

  test('that failed otherwise comes again', async () => {
    const work = failing(new Error('rate exceeded'));
    const messages = [{ ...wellFormed, receives: MAX_RECEIVES - 1 }];
    expect(await run({ work, messages })).toMatchObject({ again: ['message-1'], deadLetters: [] });
  });

  test.each([
    [1, 30],
    [2, 60],
    [3, 120],
    [4, 240],
  ])('that failed at receive %i comes again after %i s', async (receives, seconds) => {
    const work = failing(new Error('rate exceeded'));
    const { given } = await run({ work, messages: [{ ...wellFormed, receives }] });
    expect(given).toEqual([{ queue: 'https://sqs/own', seconds }]);
  });

  test('comes again when it cannot be given back early', async () => {
    const work = failing(new Error('rate exceeded'));
    const changeVisibility = () => awsError('ThrottlingException');
    const { again } = await run({ work, messages: [wellFormed], changeVisibility });
    expect(again).toEqual(['message-1']);
  });

  test('that failed at its last receive becomes a dead letter with its cause', async () => {
    const work = failing(new Error('rate exceeded'));
    const messages = [{ ...wellFormed, receives: MAX_RECEIVES }];
    expect(await run({ work, messages })).toEqual({
      again: [],
      deadLetters: [{ queue: dead, body: wellFormed.body, cause: 'rate exceeded' }],
    });
  });

  test('comes again when the dead-letter queue does not take it', async () => {
    const work = failing(new TerminalError('no such application'));
    const sendMessage = () => awsError('ThrottlingException');
    const { again } = await run({ work, messages: [wellFormed], sendMessage });
    expect(again).toEqual(['message-1']);
  });

  test('gives no more than 1,000 characters of its cause', async () => {
    const work = failing(new TerminalError('x'.repeat(5_000)));
    const { deadLetters } = await run({ work, messages: [wellFormed] });
    expect(deadLetters[0]?.cause).toHaveLength(1_000);
  });
});

describe('a batch', () => {
  test('is not stopped by one bad message', async () => {
    const worked: unknown[] = [];
    const work: Work = (body) => {
      if (body === 2) return Promise.reject(new Error('not now'));
      worked.push(body);
      return Promise.resolve();
    };
    const messages = ['1', '{', '2', '3'].map((body) => ({ body }));
    const { again, deadLetters } = await run({ work, messages });
    expect(worked).toEqual([1, 3]);
    expect(again).toEqual(['message-3']);
    expect(deadLetters.map(({ body }) => body)).toEqual(['{']);
  });

  test('gives back what it has no time for', async () => {
    const worked: unknown[] = [];
    const work: Work = (body) => Promise.resolve(void worked.push(body));
    const { again } = await run({ work, messages: [wellFormed, wellFormed], remainingMs: 2_000 });
    expect(worked).toEqual([]);
    expect(again).toEqual(['message-1', 'message-2']);
  });

  test('does not wait for work until Lambda ends the function', async () => {
    const work: Work = () => new Promise(() => undefined);
    const { again } = await run({ work, messages: [wellFormed], remainingMs: 2_020 });
    expect(again).toEqual(['message-1']);
  });
});

test('a function with a wrong environment does not start', () => {
  const environment = { ...functionEnvironment, TOPIC_ARN: undefined };
  expect(() => lambdaHandler('sweep', environment, () => done)).toThrow('TOPIC_ARN is missing');
});

test('a loop wakes itself and the sweep wakes every loop', async () => {
  const stub = stubAws({ 'SQS SendMessage': () => ({}) });
  const wake = { kind: 'wake', app: 'storefront', cause: 'sweep' } as const;
  const surroundings = { fleet: shopFleet, clients: stub.options };
  const loop = lambdaHandler(
    'scale-service',
    { ...functionEnvironment, FAILOVER_QUEUE_URL: undefined },
    ({ ports }) =>
      () =>
        ports.wakes.wake('scaling', wake, 0),
    surroundings,
  );
  await loop(sqsEvent([wellFormed]), lambdaContext());
  const sweep = lambdaHandler(
    'sweep',
    functionEnvironment,
    ({ ports }) =>
      async () => {
        await ports.wakes.wake('replication', wake, 0);
        await ports.wakes.wake('failover', wake, 0);
      },
    surroundings,
  );
  await sweep(sqsEvent([wellFormed]), lambdaContext());
  expect(stub.inputs('SQS SendMessage').map(({ QueueUrl }) => QueueUrl)).toEqual([
    'https://sqs/own',
    'https://sqs/replication',
    'https://sqs/failover',
  ]);
});
