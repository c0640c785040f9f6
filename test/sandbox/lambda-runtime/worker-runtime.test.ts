import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { FunctionSpec } from '../../../sandbox/lambda-runtime/function-runtime.ts';
import { WorkerRuntime, type FunctionLog } from '../../../sandbox/lambda-runtime/worker-runtime.ts';
import { World } from '../../../sandbox/world.ts';

const startMs = Date.parse('2031-05-01T12:00:00Z');

const bundle = `
import dgram from 'node:dgram';
import dns from 'node:dns/promises';
import net from 'node:net';
let calls = 0;
const actions = {
  echo: (event) => event,
  env: () => ({ ...process.env }),
  date: () => ({ now: Date.now(), iso: new Date().toISOString(), fixed: new Date(5).getTime(),
    isDate: new Date() instanceof Date, text: Date() }),
  count: () => (calls += 1),
  fail: () => { throw new RangeError('too far'); },
  hang: () => new Promise(() => setInterval(() => {}, 1000)),
  exit: () => process.exit(3),
  log: () => console.log('one\\ntwo'),
  context: (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis() }),
  fetch: async ({ url, method }) => {
    const response = await fetch(url, { method });
    return { status: response.status, body: await response.text() };
  },
  connect: ({ host }) => new Promise((resolve, reject) => {
    net.connect(443, host).on('error', reject).on('connect', resolve);
  }),
  datagram: () => dgram.createSocket('udp4'),
  servers: () => ({ shared: dns.getServers(), own: new dns.Resolver().getServers() }),
};
export const handler = async (event, context) => actions[event.action](event, context);
`;

let codeDir: string;
let gateway: Server;
let asked: unknown[];
let world: World;
let logs: FunctionLog[];
let runtime: WorkerRuntime;

beforeAll(async () => {
  codeDir = mkdtempSync(path.join(tmpdir(), 'farshore-runtime-'));
  writeFileSync(path.join(codeDir, 'index.mjs'), bundle);
  writeFileSync(path.join(codeDir, 'broken.mjs'), 'throw new TypeError("no fleet.json");');
  gateway = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = text === '' ? {} : (JSON.parse(text) as { url?: string });
      asked.push({ path: request.url, ...body });
      const isDown = body.url?.includes('down') === true;
      const answer = isDown ? { error: 'us-west-2 is down' } : { status: 503, body: 'busy' };
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  gateway.close();
  rmSync(codeDir, { recursive: true });
});

beforeEach(() => {
  asked = [];
  logs = [];
  world = new World({ seed: 1, startMs });
  runtime = makeRuntime();
});

afterEach(() => runtime.stop());

function gatewayUrl(): string {
  return `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
}

function makeRuntime(
  limits: { workersPerFunctionMax?: number; idleWorkersMax?: number } = {},
): WorkerRuntime {
  return new WorkerRuntime({
    world,
    speed: () => 1,
    gatewayUrl,
    dnsPort: () => 5_353,
    credentialsFor: ({ roleArn }) => ({ accessKeyId: roleArn, secretAccessKey: 'secret' }),
    onLog: (log) => logs.push(log),
    ...limits,
  });
}

function spec(more: Partial<FunctionSpec> = {}): FunctionSpec {
  return {
    region: 'us-west-2',
    name: 'sweep',
    arn: `arn:aws:lambda:us-west-2:123456789012:function:${more.name ?? 'sweep'}`,
    codeDir,
    handler: 'index.handler',
    environment: { FLEET: 'shop' },
    timeoutSeconds: 3,
    memoryMb: 128,
    roleArn: 'role',
    ...more,
  };
}

async function invoke(payload: object, fn: FunctionSpec = spec()): Promise<unknown> {
  const deadlineMs = world.nowMs() + fn.timeoutSeconds * 1_000;
  return runtime.invoke(fn, payload, { deadlineMs, requestId: 'r-1' });
}

test('hands the event to the bundle and its answer back', async () => {
  const event = { action: 'echo', deep: [1, { two: 'three' }] };
  await expect(invoke(event)).resolves.toEqual(event);
});

test('shows the function its own environment and nothing of the machine', async () => {
  const environment = (await invoke({ action: 'env' })) as Record<string, string>;
  expect(environment).toMatchObject({
    FLEET: 'shop',
    AWS_REGION: 'us-west-2',
    AWS_LAMBDA_FUNCTION_NAME: 'sweep',
    AWS_ACCESS_KEY_ID: 'role',
    AWS_ENDPOINT_URL: gatewayUrl(),
  });
  expect(environment).not.toHaveProperty('PATH');
  expect(environment).not.toHaveProperty('HOME');
});

test('shows the function world time, and other dates as they are', async () => {
  const seen = (await invoke({ action: 'date' })) as Record<string, number | string | boolean>;
  expect(Number(seen['now']) - startMs).toBeLessThan(60_000);
  expect(Number(seen['now'])).toBeGreaterThanOrEqual(startMs);
  expect(String(seen['iso'])).toMatch(/^2031-05-01T12:00/);
  expect(seen).toMatchObject({ fixed: 5, isDate: true, text: expect.stringContaining('2031') });
});

test('tells a warm worker the world time of each invocation', async () => {
  await invoke({ action: 'date' });
  world.advanceTo(startMs + 86_400_000, () => undefined);
  const seen = (await invoke({ action: 'date' })) as { iso: string };
  expect(seen.iso).toMatch(/^2031-05-02T12:00/);
});

test('gives the context that Lambda gives, with the remaining world time', async () => {
  const context = (await invoke({ action: 'context' })) as { remaining: number };
  expect(context).toMatchObject({
    awsRequestId: 'r-1',
    functionName: 'sweep',
    invokedFunctionArn: spec().arn,
    memoryLimitInMB: '128',
  });
  expect(context.remaining).toBeGreaterThan(0);
  expect(context.remaining).toBeLessThanOrEqual(3_000);
});

test('uses a warm worker again, one invocation at a time', async () => {
  const counts = [await invoke({ action: 'count' }), await invoke({ action: 'count' })];
  expect(counts).toEqual([1, 2]);
  const together = await Promise.all([invoke({ action: 'count' }), invoke({ action: 'count' })]);
  expect([...together].sort()).toEqual([1, 3]);
});

test('lets invocations above the cap wait for a worker', async () => {
  await runtime.stop();
  runtime = makeRuntime({ workersPerFunctionMax: 1 });
  const calls = [1, 2, 3].map(() => invoke({ action: 'count' }));
  await expect(Promise.all(calls)).resolves.toEqual([1, 2, 3]);
});

test('ends the longest idle worker above the number kept warm', async () => {
  await runtime.stop();
  runtime = makeRuntime({ idleWorkersMax: 1 });
  const other = spec({ name: 'probe' });
  await invoke({ action: 'count' });
  await invoke({ action: 'count' }, other);
  await expect(invoke({ action: 'count' })).resolves.toBe(1);
});

test('fails with the error of the function', async () => {
  await expect(invoke({ action: 'fail' })).rejects.toMatchObject({
    errorType: 'RangeError',
    message: 'too far',
  });
});

test('fails when the module does not load, and when there is no such handler', async () => {
  await expect(invoke({}, spec({ handler: 'broken.handler' }))).rejects.toMatchObject({
    errorType: 'TypeError',
    message: 'no fleet.json',
  });
  const missing = [spec({ handler: 'none.handler' }), spec({ handler: 'index.none' })];
  await expect(invoke({}, missing[0])).rejects.toMatchObject({
    errorType: 'Runtime.ImportModuleError',
  });
  await expect(invoke({}, missing[1])).rejects.toMatchObject({
    errorType: 'Runtime.HandlerNotFound',
  });
});

test('stops a function at its timeout in world time and starts afresh after it', async () => {
  await invoke({ action: 'count' });
  const hanging = invoke({ action: 'hang' });
  const outcome = expect(hanging).rejects.toMatchObject({
    errorType: 'Sandbox.Timedout',
    message: 'RequestId: r-1 Error: Task timed out after 3.00 seconds',
  });
  await sleep(10);
  world.advanceTo(startMs + 3_000, () => undefined);
  await outcome;
  await expect(invoke({ action: 'count' })).resolves.toBe(1);
});

test('fails the invocation of a killed worker and says whether there was one', async () => {
  await invoke({ action: 'count' });
  const outcome = expect(invoke({ action: 'hang' })).rejects.toMatchObject({
    errorType: 'Runtime.ExitError',
    message: 'RequestId: r-1 Error: Runtime exited with error: signal: killed',
  });
  await sleep(10);
  await expect(runtime.killOne('sweep', 'us-west-2')).resolves.toBe(true);
  await outcome;
  await expect(runtime.killOne('sweep')).resolves.toBe(false);
});

test('fails the invocation of a function that ends its own process', async () => {
  await expect(invoke({ action: 'exit' })).rejects.toMatchObject({
    message: 'RequestId: r-1 Error: Runtime exited with error: exit status 3',
  });
});

test('asks the gateway for names of the local cloud, from the region of the function', async () => {
  const url = 'https://shop.example.com/healthz';
  await expect(invoke({ action: 'fetch', url })).resolves.toEqual({ status: 503, body: 'busy' });
  expect(asked).toEqual([{ path: '/_farshore/http', url, from: 'us-west-2' }]);
});

test('fetches from this machine directly', async () => {
  await invoke({ action: 'fetch', url: `${gatewayUrl()}/v2/` });
  expect(asked).toEqual([{ path: '/v2/' }]);
});

test('rejects a fetch that the local cloud cannot reach, and any that is not a GET', async () => {
  const url = 'https://down.example.com/';
  await expect(invoke({ action: 'fetch', url })).rejects.toThrow('fetch failed');
  await expect(invoke({ action: 'fetch', url, method: 'POST' })).rejects.toThrow('GET only');
});

test('rejects connections that leave the machine, naming the host', async () => {
  await expect(invoke({ action: 'connect', host: 's3.amazonaws.com' })).rejects.toThrow(
    'The local cloud lets functions talk to this machine only, not to s3.amazonaws.com.',
  );
  await expect(invoke({ action: 'datagram' })).rejects.toThrow('not to a datagram socket');
});

test('asks names of the local DNS, with the shared resolver and with a new one', async () => {
  const local = ['127.0.0.1:5353'];
  await expect(invoke({ action: 'servers' })).resolves.toEqual({ shared: local, own: local });
});

test('forwards what a function prints, line by line', async () => {
  await invoke({ action: 'log' });
  for (let wait = 0; wait < 100 && logs.length < 2; wait += 1) await sleep(10);
  const from = { region: 'us-west-2', functionName: 'sweep' };
  expect(logs).toEqual([
    { ...from, line: 'one' },
    { ...from, line: 'two' },
  ]);
});
