import { expect, test } from '@jest/globals';
import type { CallFaults, CallGate } from '../../../sandbox/lambda-runtime/call-gate.ts';
import type { FunctionSpec } from '../../../sandbox/lambda-runtime/function-runtime.ts';
import { InProcessRuntime } from '../../../sandbox/lambda-runtime/in-process-runtime.ts';
import { VirtualDriver } from '../../../sandbox/virtual-driver.ts';
import { World } from '../../../sandbox/world.ts';

const fn: FunctionSpec = {
  region: 'us-west-2',
  name: 'farshore-shop-sweep',
  arn: 'arn:aws:lambda:us-west-2:123456789012:function:farshore-shop-sweep',
  codeDir: '',
  handler: 'index.handler',
  environment: { POWERTOOLS_SERVICE_NAME: 'sweep' },
  timeoutSeconds: 60,
  memoryMb: 128,
  roleArn: '',
};

const well: CallFaults = { killsAfter: () => false, freezeMs: () => 0, skewMs: () => 0 };

type Body = (gate: CallGate, log: string[], event: unknown) => Promise<unknown>;

function scene(body: Body, faults: Partial<CallFaults> = {}, seed = 1) {
  const world = new World({ seed, startMs: 0 });
  const log: string[] = [];
  let made = 0;
  const runtime = new InProcessRuntime({
    world,
    faults: { ...well, ...faults },
    makeHandler: (_fn, gate) => {
      made += 1;
      return (event) => body(gate, log, event);
    },
  });
  const driver = new VirtualDriver(world);
  const invoke = (event: unknown = {}) =>
    runtime.invoke(fn, event, { deadlineMs: 60_000, requestId: 'r1' }).then(
      (value) => log.push(`answer ${String(value)}`),
      (error: unknown) => log.push(`error ${(error as Error).message}`),
    );
  return { world, driver, invoke, log, made: () => made };
}

const write = { service: 'dynamodb', operation: 'PutItem' };
const call = (gate: CallGate, log: string[], name: string) =>
  gate.pass(write, () => Promise.resolve(void log.push(name)));

test('a call takes world time, and an environment is used again', async () => {
  const { driver, invoke, log, made, world } = scene(async (gate, seen) => {
    await call(gate, seen, 'call');
    return gate.nowMs() > 0;
  });
  void invoke();
  await driver.runFor(1_000);
  void invoke();
  await driver.runFor(1_000);
  expect(log).toEqual(['call', 'answer true', 'call', 'answer true']);
  expect(made()).toBe(1);
  expect(world.nowMs()).toBe(2_000);
});

test('the seed orders the calls of two functions at work', async () => {
  const orders = await Promise.all(
    Array.from({ length: 20 }, async (_, seed) => {
      const body: Body = (gate, seen, event) => call(gate, seen, String(event));
      const { driver, invoke, log } = scene(body, {}, seed);
      void invoke('a');
      void invoke('b');
      await driver.runFor(1_000);
      return log.filter((line) => line.length === 1).join('');
    }),
  );
  expect([...new Set(orders)].sort()).toEqual(['ab', 'ba']);
});

test('a killed function had its effect and does nothing more', async () => {
  const { driver, invoke, log, made } = scene(
    async (gate, seen) => {
      await call(gate, seen, 'effect');
      seen.push('went on');
    },
    { killsAfter: ({ function: name, operation }) => name === 'sweep' && operation === 'PutItem' },
  );
  void invoke();
  await driver.runFor(120_000);
  expect(log).toEqual([
    'effect',
    'error RequestId: r1 Error: Runtime exited with error: signal: killed',
  ]);
  void invoke();
  await driver.runFor(1_000);
  expect(made()).toBe(2);
});

test('a frozen function goes on long after its timeout', async () => {
  let isFirst = true;
  const { driver, invoke, log } = scene(
    async (gate, seen) => {
      await call(gate, seen, 'effect');
      await call(gate, seen, 'late');
      return 'done';
    },
    {
      freezeMs: () => {
        const ms = isFirst ? 600_000 : 0;
        isFirst = false;
        return ms;
      },
    },
  );
  void invoke();
  await driver.runFor(590_000);
  expect(log).toEqual(['effect']);
  await driver.runFor(20_000);
  expect(log).toEqual(['effect', 'late', 'answer done']);
});

test('a function that takes too long is ended by its timeout', async () => {
  const { driver, invoke, log } = scene(async (gate, seen) => {
    await gate.wait(90_000);
    seen.push('went on');
  });
  void invoke();
  await driver.runFor(200_000);
  expect(log).toEqual(['error RequestId: r1 Error: Task timed out after 60.00 seconds']);
});

test('a clock that is set wrong is wrong for the function alone', async () => {
  const { driver, invoke, log, world } = scene(
    (gate) => Promise.resolve(gate.nowMs() - gate.worldMs()),
    { skewMs: () => 2_000 },
  );
  void invoke();
  await driver.runFor(100);
  expect(log).toEqual(['answer 2000']);
  expect(world.nowMs()).toBe(100);
});
