import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ControlLoop } from '../../../core/control-loop.ts';
import type { Decision } from '../../../core/decision.ts';
import { loopHandler } from '../../../lambdas/shared/loop-handler.ts';
import { shopFleet } from '../../aws/shop-fleet.ts';
import { stubAws } from '../../aws/stub-client.ts';
import { functionEnvironment, lambdaContext, sqsEvent } from '../function-environment.ts';

type LoopEvent = { readonly action: string };

/** A loop that decides what its event says, and acts by doing nothing. */
const loop: ControlLoop<LoopEvent, undefined, Decision> = {
  name: 'scaling',
  silentMsMax: 1_000,
  parse: (raw) => [raw as LoopEvent],
  observe: () => Promise.resolve(undefined),
  decide: ({ action }) => ({
    action,
    app: 'storefront',
    subject: 'web',
    reason: { code: 'TEST', text: 'The test says so.' },
  }),
  act: () => Promise.resolve({ status: 'done', text: 'done' }),
  describe: () => undefined,
};

/** Metrics leave the function as lines of its log. */
const lines: string[] = [];
const settings = {
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_METRICS_DISABLED: 'false',
};

beforeEach(() => {
  lines.length = 0;
  Object.assign(process.env, settings);
  jest.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)));
});

afterEach(() => {
  jest.restoreAllMocks();
  for (const variable of Object.keys(settings)) Reflect.deleteProperty(process.env, variable);
});

async function run(body: object): Promise<readonly Record<string, unknown>[]> {
  const stub = stubAws({ 'DynamoDB GetItem': () => ({}), 'DynamoDB PutItem': () => ({}) });
  const handler = loopHandler('scale-service', functionEnvironment, () => loop, {
    fleet: shopFleet,
    clients: stub.options,
    clock: { nowMs: () => Date.parse('2026-11-20T10:00:05Z') },
  });
  const response = await handler(sqsEvent([{ body: JSON.stringify(body) }]), lambdaContext());
  expect(response).toEqual({ batchItemFailures: [] });
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('counts a decision to act for its application', async () => {
  const metrics = await run({ action: 'scale' });
  expect(metrics).toEqual([
    expect.objectContaining({ Decisions: 1, app: 'storefront', service: 'a-function' }),
  ]);
});

test('counts no decision to do nothing', async () => {
  expect(await run({ action: 'none' })).toEqual([]);
});

test('measures how old an event of EventBridge was', async () => {
  const metrics = await run({ action: 'none', time: '2026-11-20T10:00:00Z' });
  expect(metrics).toEqual([expect.objectContaining({ EventAge: 5_000, service: 'a-function' })]);
});
