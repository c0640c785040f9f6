import { describe, expect, test } from '@jest/globals';
import { journalKeys } from '../../../core/contract/journal.ts';
import { runControlLoop } from '../../../core/control-loop.ts';
import { takeLease } from '../../../core/lease.ts';
import type { Alarm, Ports } from '../../../core/ports.ts';
import type { ScalingState } from '../../../core/scaling/scaling-state.ts';
import { scalingLoop } from '../../../core/scaling/scaling-loop.ts';
import { FakeCloud } from '../fake-ports.ts';
import { shopFleet } from '../failover/failover-world.ts';

const region = 'us-east-1';
const fleet = shopFleet();
const ref = { region, cluster: 'shop', service: 'storefront-web', container: 'web' };
const busyAlarm = 'farshore-shop-storefront-busy';

class ScalingWorld {
  readonly cloud = new FakeCloud();
  readonly alarms = new Map<string, Partial<Alarm>>();

  constructor() {
    this.cloud.services.seed(ref, 'nginx:1', { desired: 4 });
  }

  ports(where = region): Ports {
    return this.cloud.ports(where, {
      alarms: {
        state: () => Promise.resolve('OK'),
        describe: (_region, name) =>
          Promise.resolve({
            name,
            state: 'OK',
            stateSinceMs: 0,
            threshold: name === busyAlarm ? 70 : 30,
            comparison: name === busyAlarm ? 'above' : 'below',
            actionsEnabled: true,
            latestValue: 50,
            ...this.alarms.get(name),
          }),
      },
    });
  }

  async run(raw: unknown, where = region) {
    const ports = this.ports(where);
    return runControlLoop(scalingLoop(fleet, ports), raw, ports);
  }

  get counts(): readonly string[] {
    return this.cloud.effects.filter((effect) => effect.startsWith('desired'));
  }
}

function alarmEvent(value: string, extra: object = {}) {
  return {
    id: 'e',
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    time: '2026-11-20T10:00:00Z',
    region,
    resources: [],
    detail: {
      alarmName: busyAlarm,
      state: { value, timestamp: '2026-11-20T10:00:00.000+0000', ...extra },
    },
  };
}

test('scales on an alarm, tells it once, and asks to be woken when the cooldown ends', async () => {
  const world = new ScalingWorld();
  world.alarms.set(busyAlarm, { state: 'ALARM', latestValue: 75 });
  await world.run(alarmEvent('ALARM'));
  expect(world.counts).toEqual(['desired us-east-1 storefront-web 5']);
  expect(world.cloud.notices.map(({ kind }) => kind)).toEqual(['scaled-out']);
  expect(world.cloud.wakes).toEqual([
    {
      loop: 'scaling',
      message: { kind: 'wake', app: 'storefront', cause: 'recheck', subject: 'us-east-1/web' },
      atMs: world.cloud.nowMs + 300_000,
    },
  ]);
});

test('S3 the same event twice at once makes one change', async () => {
  const world = new ScalingWorld();
  world.alarms.set(busyAlarm, { state: 'ALARM', latestValue: 75 });
  await Promise.all([world.run(alarmEvent('ALARM')), world.run(alarmEvent('ALARM'))]);
  await world.run(alarmEvent('ALARM'));
  expect(world.counts).toEqual(['desired us-east-1 storefront-web 5']);
});

test('S13 a breach that persists is followed without events up to the maximum', async () => {
  const world = new ScalingWorld();
  world.alarms.set(busyAlarm, { state: 'ALARM', latestValue: 85 });
  await world.run(alarmEvent('ALARM'));
  for (let wake = 0; wake < 5; wake += 1) {
    const next = world.cloud.wakes[wake];
    if (next === undefined) break;
    world.cloud.nowMs = next.atMs;
    await world.run(next.message);
  }
  expect(world.counts.map((effect) => effect.split(' ').at(-1))).toEqual(['7', '10']);
  expect(world.cloud.notices.at(-1)?.kind).toBe('scaling-at-max');
});

test('S15 a silenced alarm does nothing at once and at the next sweep', async () => {
  const world = new ScalingWorld();
  world.alarms.set(busyAlarm, { state: 'ALARM', latestValue: 85 });
  await world.run(alarmEvent('ALARM', { actionsSuppressedBy: 'WaitPeriod' }));
  await world.run({ kind: 'wake', app: 'storefront', cause: 'sweep' });
  expect(world.counts).toEqual([]);
});

test('S23 after a move of traffic, tasks stay in both regions', async () => {
  const world = new ScalingWorld();
  world.alarms.set('farshore-shop-storefront-quiet', { state: 'ALARM', latestValue: 5 });
  const movedAtMs = world.cloud.nowMs;
  const serving = { active: 'us-west-2', epoch: 1, phase: 'steady', movedAtMs };
  await world.cloud.journal.write(journalKeys.failover('storefront'), serving, undefined);
  const [held] = await world.run({ kind: 'wake', app: 'storefront', cause: 'sweep' });
  expect(held?.reason.code).toBe('HELD_BY_FAILOVER');
  world.cloud.advance(1_800_000);
  await world.run({ kind: 'wake', app: 'storefront', cause: 'sweep' });
  expect(world.counts).toEqual(['desired us-east-1 storefront-web 2']);
});

test('removes nothing while a rollout holds the lease', async () => {
  const world = new ScalingWorld();
  world.alarms.set('farshore-shop-storefront-quiet', { state: 'ALARM', latestValue: 5 });
  const request = { app: 'storefront', nowMs: world.cloud.nowMs, forMs: 60_000 };
  await takeLease(world.cloud.journal, { ...request, holder: 'rollout' });
  const [held] = await world.run({ kind: 'wake', app: 'storefront', cause: 'sweep' });
  expect(held?.reason.code).toBe('HELD_BY_ROLLOUT');
});

describe('looks at nothing', () => {
  test.each([
    ['an event of another region', { ...alarmEvent('ALARM'), region: 'us-west-2' }, region],
    [
      'a wake for another service',
      { kind: 'wake', app: 'storefront', cause: 'recheck', subject: 'x' },
      region,
    ],
    ['an application that is not there', { kind: 'wake', app: 'nowhere', cause: 'sweep' }, region],
    [
      'a region where it does not run',
      { kind: 'wake', app: 'storefront', cause: 'sweep' },
      'us-east-2',
    ],
  ])('for %s', async (_name, raw, where) => {
    expect(await new ScalingWorld().run(raw, where)).toEqual([]);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7])(
  'a function that dies before effect %i is finished',
  async (count) => {
    const world = new ScalingWorld();
    world.alarms.set(busyAlarm, { state: 'ALARM', latestValue: 75 });
    world.cloud.dieBeforeEffect(count);
    await world.run(alarmEvent('ALARM')).catch(() => undefined);
    world.cloud.advance(60_000);
    await world.run({ kind: 'wake', app: 'storefront', cause: 'sweep' });
    const kept = await world.cloud.journal.read<ScalingState>(
      journalKeys.scaling('storefront', region, 'web'),
    );
    expect((await world.cloud.services.describe(ref))?.desired).toBe(5);
    expect(kept?.body.lastOut).toMatchObject({ from: 4, to: 5 });
  },
);
