import { expect, test } from '@jest/globals';
import { operate } from '../../cli/rehearse/operate.ts';
import { type Play, playScenario } from '../../rehearsal/play-scenario.ts';
import { parseScenario } from '../../rehearsal/parse-scenario.ts';
import type { Scenario } from '../../rehearsal/scenario.ts';
import { shop, shopAssembly } from './shop.ts';

function scenarioOf(rest: object): Scenario {
  const parsed = parseScenario({ version: 1, proves: 'a thing of this test', fleet: 'f', ...rest });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

async function play(rest: object, seed = 1, how: Partial<Play> = {}) {
  const scenario = scenarioOf(rest);
  const assembly = await shopAssembly();
  return playScenario({ scenario, fleet: shop, assembly, seed, ...how }, operate);
}

const outage = {
  for: '6m',
  steps: [
    { at: '10s', push: { app: 'storefront', tag: '1.0.0' } },
    { at: '1m', fault: { kind: 'region-down', region: 'us-east-1' } },
    { at: '1m', fault: { kind: 'event-delay', region: 'us-west-2', delay: '30s' } },
    { at: '1m', fault: { kind: 'api-throttle', region: 'us-west-2', service: 'ecs', rate: 0.2 } },
  ],
  expect: [{ within: '5m', active: { app: 'storefront', is: 'us-west-2' } }],
};

test('the same seed gives the same timeline, byte for byte', async () => {
  const [one, other] = [await play(outage, 42), await play(outage, 42)];
  expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  expect(one.isMet).toBe(true);
}, 240_000);

test('another seed takes other steps to the same end', async () => {
  const [one, other] = [await play(outage, 1), await play(outage, 2)];
  expect(other.isMet).toBe(true);
  expect(JSON.stringify(other.timeline)).not.toBe(JSON.stringify(one.timeline));
}, 240_000);

test('a step whose calls are slow takes its time, and the world goes on', async () => {
  const { verdicts, timeline } = await play({
    for: '2m',
    steps: [
      { at: '1s', fault: { kind: 'latency', region: 'us-east-1', service: 'ecs', delay: '20s' } },
      { at: '2s', setDesired: { app: 'storefront', region: 'us-east-1', count: 3 } },
    ],
    expect: [
      { at: '10s', desired: { app: 'storefront', region: 'us-east-1', is: 2 } },
      { at: '30s', desired: { app: 'storefront', region: 'us-east-1', is: 3 } },
    ],
  });
  expect(verdicts.map(({ isMet }) => isMet)).toEqual([true, true]);
  const step = timeline.find(({ text }) => text.startsWith('somebody sets the desired count'));
  expect(step?.atMs).toBe(22_000);
}, 240_000);

test('ends after four minutes of rest when asked to, and judges that moment as the end', async () => {
  const pushed = {
    for: '30m',
    steps: [{ at: '10s', push: { app: 'storefront', tag: '1.0.0' } }],
    expect: [
      { always: true, invariants: 'hold' },
      { atEnd: true, everything: 'at-rest' },
    ],
  };
  const { isMet, verdicts, timeline } = await play(pushed, 1, { endsAtRest: true });
  expect(isMet).toBe(true);
  const doneAtMs = timeline.findLast(({ kind }) => kind === 'notice')?.atMs ?? 0;
  expect(doneAtMs).toBeGreaterThan(60_000);
  for (const { atMs } of verdicts) {
    expect(atMs).toBeGreaterThanOrEqual(doneAtMs + 239_000);
    expect(atMs).toBeLessThan(doneAtMs + 300_000);
  }
}, 240_000);

test('every kind of time is told apart', async () => {
  const is = (region: string) => ({ active: { app: 'storefront', is: region } });
  const { verdicts } = await play({
    for: '1m',
    expect: [
      { always: true, ...is('us-east-1') },
      { never: true, ...is('us-east-1') },
      { within: '30s', ...is('us-west-2') },
      { at: '30s', ...is('us-east-1') },
      { atEnd: true, ...is('us-west-2') },
      { always: true, after: '10s', until: '20s', deadLetters: { is: 0 } },
    ],
  });
  const found = verdicts.map(({ isMet, atMs }) => [isMet, atMs]);
  expect(found).toEqual([
    [true, 60_000],
    [false, 0],
    [false, 30_000],
    [true, 30_000],
    [false, 60_000],
    [true, 20_000],
  ]);
}, 240_000);

test('a timeline tells steps, decisions with their reasons, effects, traffic and notices', async () => {
  const { timeline } = await play(outage);
  const kinds = new Set(timeline.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(['decision', 'effect', 'notice', 'step', 'traffic']);
  const latch = timeline.find(({ text }) => text.startsWith('latch storefront/us-east-1'));
  expect(latch?.text).toContain('LATCHED epoch=1');
}, 240_000);
