import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  FunctionError,
  type FunctionRuntime,
  type FunctionSpec,
} from '../../../../sandbox/lambda-runtime/function-runtime.ts';
import { LambdaModel } from '../../../../sandbox/services/lambda/lambda-model.ts';
import { SqsModel } from '../../../../sandbox/services/sqs/sqs-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ModelBench, accountId, startMs } from '../model-bench.ts';

const region = 'eu-west-1';
const roleArn = `arn:aws:iam::${accountId}:role/sweep`;
const queueArn = `arn:aws:sqs:${region}:${accountId}:wakes`;
const QueueUrl = `http://127.0.0.1/${accountId}/wakes`;

interface Batch {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Answers at once with what the test says, and remembers what it was given. */
class ScriptedRuntime implements FunctionRuntime {
  readonly invocations: { fn: FunctionSpec; payload: unknown; deadlineMs: number }[] = [];
  answer: (payload: never) => unknown = () => null;

  async invoke(fn: FunctionSpec, payload: unknown, options: { deadlineMs: number }) {
    this.invocations.push({ fn, payload, deadlineMs: options.deadlineMs });
    return await this.answer(payload as never);
  }

  async stop(): Promise<void> {
    await Promise.resolve();
  }
}

let bench: ModelBench;
let driver: VirtualDriver;
let sqs: SqsModel;
let runtime: ScriptedRuntime;
let model: LambdaModel;
let denied: string[];

beforeEach(async () => {
  bench = new ModelBench();
  driver = new VirtualDriver(bench.world);
  sqs = new SqsModel(bench.world, bench.hub, { accountId, queueUrlBase: () => 'http://127.0.0.1' });
  runtime = new ScriptedRuntime();
  denied = [];
  model = new LambdaModel(bench.world, bench.hub, {
    accountId,
    runtime,
    queues: sqs,
    mayDo: (_role, action) => !denied.includes(action),
  });
  model.deployFunction({
    region,
    name: 'sweep',
    codeDir: '/assets/sweep',
    handler: 'index.handler',
    environment: { FLEET: 'shop' },
    timeoutSeconds: 30,
    memoryMb: 512,
    roleArn,
  });
  const Attributes = { VisibilityTimeout: '180' };
  await bench.run(sqs.service, 'CreateQueue', { QueueName: 'wakes', Attributes });
});

function run<Output = Record<string, unknown>>(operation: string, input: object): Promise<Output> {
  return bench.run(model.service, operation, { FunctionName: 'sweep', ...input });
}

async function send(body: string): Promise<void> {
  await bench.run(sqs.service, 'SendMessage', { QueueUrl, MessageBody: body });
}

async function left(): Promise<number> {
  const wanted = { QueueUrl, AttributeNames: ['All'] };
  const output = await bench.run<{ Attributes: Record<string, string> }>(
    sqs.service,
    'GetQueueAttributes',
    wanted,
  );
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  return names.reduce((sum, name) => sum + Number(output.Attributes[name]), 0);
}

function bodies(): string[][] {
  return runtime.invocations.map(({ payload }) =>
    (payload as Batch).Records.map(({ body }) => body),
  );
}

describe('functions', () => {
  test('are made, described and listed', async () => {
    const made = await run('CreateFunction', {
      FunctionName: 'probe',
      Role: roleArn,
      Code: { S3Key: '/assets/probe' },
      Handler: 'index.handler',
      Timeout: 60,
      Environment: { Variables: { A: 'b' } },
    });
    const FunctionArn = `arn:aws:lambda:${region}:${accountId}:function:probe`;
    expect(made).toMatchObject({ FunctionArn, Timeout: 60, MemorySize: 128, State: 'Active' });
    for (const FunctionName of ['probe', FunctionArn, `${accountId}:function:probe`]) {
      const found = await run('GetFunctionConfiguration', { FunctionName });
      expect(found).toEqual(made);
    }
    await expect(run('ListFunctions', {})).resolves.toMatchObject({
      Functions: [{ FunctionName: 'probe' }, { FunctionName: 'sweep' }],
    });
    await expect(run('GetFunction', { FunctionName: 'none' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Function not found: arn:aws:lambda:${region}:${accountId}:function:none`,
    });
    await expect(
      run('CreateFunction', { Role: roleArn, Code: { S3Key: '/x' } }),
    ).rejects.toMatchObject({ code: 'ResourceConflictException' });
  });

  test('take statements of a resource policy, each id once', async () => {
    const statement = { StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'x' };
    const { Statement } = await run('AddPermission', statement);
    expect(JSON.parse(String(Statement))).toMatchObject({ Sid: 's', Principal: { Service: 'x' } });
    await expect(run('AddPermission', statement)).rejects.toMatchObject({
      code: 'ResourceConflictException',
    });
  });
});

describe('invocations', () => {
  const text = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString();

  test('hand the payload over and the answer back', async () => {
    runtime.answer = ({ n }: { n: number }) => ({ doubled: n * 2 });
    const output = await run('Invoke', { Payload: Buffer.from('{"n":21}') });
    expect(output).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(text(output['Payload'])).toBe('{"doubled":42}');
    expect(runtime.invocations[0]?.deadlineMs).toBe(startMs + 30_000);
  });

  test('tell of a failed function in the payload', async () => {
    runtime.answer = () => {
      throw new FunctionError('RangeError', 'too far');
    };
    const output = await run('Invoke', {});
    expect(output).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(text(output['Payload'])).toBe('{"errorType":"RangeError","errorMessage":"too far"}');
    await expect(model.invoke(region, 'sweep', {})).rejects.toThrow('too far');
  });

  test('reach seeded functions of the user', async () => {
    model.seedFunction(region, 'promote', (payload) => ({ promoted: payload }));
    await expect(model.invoke(region, 'promote', { db: 1 })).resolves.toEqual({
      promoted: { db: 1 },
    });
  });

  test('do nothing on a dry run', async () => {
    await expect(run('Invoke', { InvocationType: 'DryRun' })).resolves.toEqual({ StatusCode: 204 });
    expect(runtime.invocations).toEqual([]);
  });

  test('run later when asynchronous, and again after one and two minutes', async () => {
    runtime.answer = () => {
      throw new FunctionError('Error', 'no');
    };
    await expect(run('Invoke', { InvocationType: 'Event' })).resolves.toEqual({ StatusCode: 202 });
    const counts: number[] = [];
    for (const ms of [0, 59_999, 1, 119_999, 1, 3_600_000]) {
      await driver.runFor(ms);
      counts.push(runtime.invocations.length);
    }
    expect(counts).toEqual([1, 1, 2, 2, 3, 3]);
  });

  test('are throttled above the reserved concurrency', async () => {
    await run('PutFunctionConcurrency', { ReservedConcurrentExecutions: 0 });
    await expect(run('Invoke', {})).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      httpStatus: 429,
    });
  });

  test('are refused while the region is down, and with a payload that is no JSON', async () => {
    await expect(run('Invoke', { Payload: Buffer.from('{') })).rejects.toMatchObject({
      code: 'InvalidRequestContentException',
    });
    bench.down.add(region);
    await expect(model.invoke(region, 'sweep', {})).rejects.toMatchObject({
      code: 'ServiceException',
    });
  });
});

describe('event source mappings', () => {
  const mapping = {
    EventSourceArn: queueArn,
    BatchSize: 2,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 2 },
  };

  test('hand over records in the form of Lambda', async () => {
    await run('CreateEventSourceMapping', mapping);
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'probe' } };
    await bench.run(sqs.service, 'SendMessage', { QueueUrl, MessageBody: 'x', MessageAttributes });
    await driver.runFor(0);
    expect(runtime.invocations.map(({ payload }) => payload)).toEqual([
      {
        Records: [
          {
            messageId: expect.any(String),
            receiptHandle: expect.any(String),
            body: 'x',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: String(startMs),
              SenderId: accountId,
              ApproximateFirstReceiveTimestamp: String(startMs),
            },
            messageAttributes: {
              kind: {
                stringValue: 'probe',
                stringListValues: [],
                binaryListValues: [],
                dataType: 'String',
              },
            },
            md5OfMessageAttributes: expect.any(String),
            md5OfBody: '9dd4e461268c8034f5c8564e155c67a6',
            eventSource: 'aws:sqs',
            eventSourceARN: queueArn,
            awsRegion: region,
          },
        ],
      },
    ]);
    expect(await left()).toBe(0);
  });

  test('work in batches and take what waited before they were there', async () => {
    for (const body of ['1', '2', '3']) await send(body);
    await run('CreateEventSourceMapping', mapping);
    await driver.runFor(0);
    expect(bodies()).toEqual([['1', '2'], ['3']]);
    expect(await left()).toBe(0);
  });

  const failures: readonly [name: string, answer: (batch: Batch) => unknown, left: number][] = [
    ['nothing', () => null, 0],
    ['an empty list', () => ({ batchItemFailures: [] }), 0],
    [
      'one message',
      ({ Records }) => ({ batchItemFailures: [{ itemIdentifier: Records[1]?.messageId }] }),
      1,
    ],
    ['an id that is not of the batch', () => ({ batchItemFailures: [{ itemIdentifier: 'x' }] }), 2],
    ['an empty id', () => ({ batchItemFailures: [{ itemIdentifier: '' }] }), 2],
    ['a list it cannot read', () => ({ batchItemFailures: 'all' }), 2],
    [
      'an error',
      () => {
        throw new FunctionError('Error', 'no');
      },
      2,
    ],
  ];

  test.each(failures)('when the function reports %s', async (_name, answer, expected) => {
    runtime.answer = answer;
    await send('1');
    await send('2');
    await run('CreateEventSourceMapping', mapping);
    await driver.runFor(0);
    expect(await left()).toBe(expected);
  });

  test('hand a failed message over again after its visibility timeout', async () => {
    runtime.answer = () => {
      throw new FunctionError('Error', 'no');
    };
    await run('CreateEventSourceMapping', mapping);
    await send('1');
    const counts: number[] = [];
    for (const ms of [0, 179_999, 1]) {
      await driver.runFor(ms);
      counts.push(runtime.invocations.length);
    }
    expect(counts).toEqual([1, 1, 2]);
  });

  test('hand over a delayed message when it is due', async () => {
    await run('CreateEventSourceMapping', mapping);
    const input = { QueueUrl, MessageBody: 'later', DelaySeconds: 20 };
    await bench.run(sqs.service, 'SendMessage', input);
    await driver.runFor(19_999);
    expect(bodies()).toEqual([]);
    await driver.runFor(1);
    expect(bodies()).toEqual([['later']]);
  });

  test('wait for the batching window', async () => {
    const input = { ...mapping, BatchSize: 100, MaximumBatchingWindowInSeconds: 5 };
    await run('CreateEventSourceMapping', input);
    await driver.runFor(0);
    for (let index = 0; index < 25; index += 1) await send(String(index));
    await driver.runFor(4_999);
    expect(bodies()).toEqual([]);
    await driver.runFor(1);
    expect(bodies().map((batch) => batch.length)).toEqual([25]);
  });

  test('keep to the maximum concurrency', async () => {
    const ends: (() => void)[] = [];
    runtime.answer = () => new Promise<void>((resolve) => ends.push(resolve));
    for (const body of ['1', '2', '3', '4', '5']) await send(body);
    await run('CreateEventSourceMapping', mapping);
    await driver.runFor(0);
    expect(bodies()).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    ends[0]?.();
    await driver.runFor(0);
    expect(bodies()).toHaveLength(3);
  });

  test('stand still while their region is down, and lose nothing', async () => {
    let end: () => void = () => undefined;
    runtime.answer = () => new Promise<void>((resolve) => (end = resolve));
    await run('CreateEventSourceMapping', mapping);
    await send('1');
    await driver.runFor(0);
    bench.down.add(region);
    end();
    await send('2');
    await driver.runFor(60_000);
    expect(bodies()).toEqual([['1']]);
    bench.down.delete(region);
    runtime.answer = () => null;
    await driver.runFor(180_000);
    expect(bodies()).toEqual([['1'], ['2'], ['1']]);
    expect(await left()).toBe(0);
  });

  test('are listed by queue and function', async () => {
    const made = await run('CreateEventSourceMapping', mapping);
    expect(made).toMatchObject({ State: 'Enabled', BatchSize: 2, EventSourceArn: queueArn });
    await expect(run('ListEventSourceMappings', {})).resolves.toEqual({
      EventSourceMappings: [made],
    });
    const other = { EventSourceArn: `${queueArn}-other` };
    await expect(run('ListEventSourceMappings', other)).resolves.toEqual({
      EventSourceMappings: [],
    });
  });

  const refused: readonly [name: string, input: object, message: RegExp][] = [
    ['of a queue that is not there', { EventSourceArn: `${queueArn}-none` }, /NonExistentQueue/],
    ['of a stream', { EventSourceArn: 'arn:aws:kinesis:x' }, /SQS queues only/],
    ['with a large batch and no window', { BatchSize: 11 }, /Maximum batch window/],
    ['with a concurrency of one', { ScalingConfig: { MaximumConcurrency: 1 } }, /between 2 and/],
    ['with filters', { FilterCriteria: { Filters: [] } }, /parameter FilterCriteria/],
  ];

  test.each(refused)('rejects one %s', async (_name, input, message) => {
    const call = run('CreateEventSourceMapping', { ...mapping, ...input });
    await expect(call).rejects.toMatchObject({ code: 'InvalidParameterValueException' });
    await expect(call).rejects.toThrow(message);
  });

  test('rejects a role that may not receive, and a visibility below the timeout', async () => {
    denied.push('sqs:DeleteMessage');
    await expect(run('CreateEventSourceMapping', mapping)).rejects.toThrow(
      'The provided execution role does not have permissions to call DeleteMessage on SQS',
    );
    const Attributes = { VisibilityTimeout: '29' };
    await bench.run(sqs.service, 'SetQueueAttributes', { QueueUrl, Attributes });
    await expect(run('CreateEventSourceMapping', mapping)).rejects.toThrow(
      'Queue visibility timeout: 29 seconds is less than Function timeout: 30 seconds',
    );
  });
});
