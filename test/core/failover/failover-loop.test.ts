import { describe, expect, test } from '@jest/globals';
import { FailoverWorld, observer, primary, shopFleet, standby } from './failover-world.ts';

async function quietWorld(fleet = shopFleet()): Promise<FailoverWorld> {
  const world = new FailoverWorld(fleet);
  await world.pass(120);
  return world;
}

const codes = (world: FailoverWorld) => new Set(world.decisions.map(({ reason }) => reason.code));

test('stays where it is and says nothing while all regions are well', async () => {
  const world = await quietWorld();
  await world.pass(600);
  expect(world.notices).toEqual([]);
  expect(world.latchWrites).toEqual([]);
  expect((await world.state())?.remembered?.services).toEqual({
    web: { desired: 4, image: 'nginx:1' },
  });
});

test('3 primary-hard-down: flips once, within its bound, with one notice', async () => {
  const world = await quietWorld();
  world.dead.add(primary);
  world.cloud.services.down.add(primary);
  await world.pass(120);
  expect(await world.state()).toMatchObject({ active: standby, epoch: 1, phase: 'steady' });
  expect(world.latchWrites).toEqual([{ latched: true, epoch: 1 }]);
  expect(world.notices).toEqual(['failover-done']);
  expect(world.cloud.notices[0]?.text).toMatch(/detected[\s\S]*decided[\s\S]*latched/);
  const state = await world.state();
  expect(state?.flips).toHaveLength(1);
  await world.pass(3_600);
  expect(world.notices).toEqual(['failover-done']);
  expect((await world.state())?.active).toBe(standby);
});

test('the time from quorum to latch is the grace and no more than 10 seconds', async () => {
  const world = await quietWorld();
  world.dead.add(primary);
  world.cloud.services.down.add(primary);
  const failedAtMs = world.cloud.nowMs;
  await world.pass(120);
  const { timeline } = world.decisions.find(({ action }) => action === 'finish') ?? {};
  expect((timeline?.detectedAtMs ?? Infinity) - failedAtMs).toBeLessThanOrEqual(60_000);
  const spentMs = (timeline?.latchedAtMs ?? Infinity) - (timeline?.detectedAtMs ?? 0);
  expect(spentMs - 30_000).toBeLessThanOrEqual(10_000);
});

test('15 standby-zero-tasks: raises the standby before it latches', async () => {
  const world = await quietWorld();
  world.dead.add(primary);
  world.cloud.services.down.add(primary);
  await world.pass(120);
  const acted = world.decisions.map(({ action }) => action).filter((action) => action !== 'none');
  expect(acted.indexOf('scale')).toBeLessThan(acted.indexOf('switch-traffic'));
  expect(world.cloud.effects).toContain('desired us-west-2 storefront-web 4');
});

test('15 a standby without any task gets its tasks, is seen healthy, and only then serves', async () => {
  const world = await quietWorld();
  let healthy = 0;
  world.cloud.services.healthyTargets = () => Promise.resolve(healthy);
  await world.cloud.services.setDesiredCount(world.ref(standby), 0);
  world.silent.add(standby);
  world.dead.add(primary);
  world.cloud.services.down.add(primary);
  await world.pass(120);
  expect(world.cloud.effects).toContain('desired us-west-2 storefront-web 4');
  expect(world.latchWrites).toEqual([]);
  healthy = 4;
  await world.pass(60);
  expect(world.latchWrites).toEqual([]);
  world.silent.delete(standby);
  await world.pass(60);
  expect(await world.state()).toMatchObject({ active: standby, phase: 'steady' });
  expect(world.notices).toEqual(['failover-done']);
});

test('a standby that has its tasks and is not seen healthy is refused', async () => {
  const world = await quietWorld();
  world.silent.add(standby);
  world.dead.add(primary);
  world.cloud.services.down.add(primary);
  await world.cloud.services.setDesiredCount(world.ref(standby), 4);
  await world.pass(120);
  expect(codes(world)).toContain('TARGET_UNHEALTHY');
  expect(world.latchWrites).toEqual([]);
});

test('1 observer-cut-off: a blind observer has no vote, and people are told once', async () => {
  const world = await quietWorld();
  world.blind.add(observer);
  await world.pass(600);
  expect(world.notices).toEqual(['observer-blind']);
  expect((await world.state())?.active).toBe(primary);
});

test('2 standby-sees-primary-down-alone: one region is no quorum', async () => {
  const world = await quietWorld();
  world.cut.add(`${standby}>${primary}`);
  await world.pass(600);
  expect(codes(world)).toContain('NO_QUORUM');
  expect(world.latchWrites).toEqual([]);
  expect(world.notices).toEqual([]);
});

test('4 blip-43s: a stateful application does not flip', async () => {
  const fleet = shopFleet((app) => {
    app['failover'] = { automatic: true, profile: 'stateful' };
  });
  const world = await quietWorld(fleet);
  world.silent.add(primary);
  await world.pass(43);
  world.silent.delete(primary);
  await world.pass(600);
  expect(world.latchWrites).toEqual([]);
  expect(world.notices).toEqual([]);
});

test('6 alarm-duplicated, 19 two-failover-lambdas: one flip whoever comes first', async () => {
  const world = await quietWorld();
  world.silent.add(primary);
  const alarm = {
    id: 'event',
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    time: '2026-11-20T10:00:00Z',
    region: primary,
    resources: [],
    detail: {
      alarmName: 'farshore-shop-storefront-us-east-1-endpoint',
      state: { value: 'ALARM', timestamp: '2026-11-20T10:00:00.000+0000' },
    },
  };
  for (let second = 0; second < 120; second += 5) {
    for (const region of [primary, standby, observer, standby]) world.send(region, alarm);
    await world.pass(5);
  }
  expect(world.latchWrites).toEqual([{ latched: true, epoch: 1 }]);
  expect(world.notices).toEqual(['failover-done']);
});

test('the region that is to be replaced never decides it', async () => {
  const world = await quietWorld();
  world.silent.add(primary);
  await world.pass(120);
  const acted = world.decisions.filter(({ by, next }) => by === primary && next !== undefined);
  expect(acted.every(({ action }) => ['remember', 'calm'].includes(action))).toBe(true);
});

test('9 insufficient-data and 10 us-east-1-control-plane-down', async () => {
  const world = await quietWorld();
  world.verdicts.set(primary, undefined);
  await world.pass(300);
  expect(world.latchWrites).toEqual([]);
  world.silent.add(primary);
  await world.pass(300);
  expect(codes(world)).toContain('ONE_KIND_ONLY');
  expect(world.latchWrites).toEqual([]);
});

test('14 standby-no-capacity: waits, tells people once, and goes on when there is some', async () => {
  const world = await quietWorld();
  world.dead.add(primary);
  world.cloud.services.down.add(primary);
  let healthy = 2;
  world.cloud.services.healthyTargets = () => Promise.resolve(healthy);
  await world.pass(1_200);
  expect(world.notices).toEqual(['failover-refused']);
  expect(world.cloud.notices[0]?.text).toContain('web 2/4');
  expect(world.latchWrites).toEqual([]);
  healthy = 4;
  await world.pass(60);
  expect(world.notices).toEqual(['failover-refused', 'failover-done']);
});

test('16 replication-lag-too-high: the data alarm of the target must be OK', async () => {
  const fleet = shopFleet((app) => {
    const data = [{ alarm: 'lag' }, { invoke: 'promote' }];
    app['failover'] = { automatic: true, profile: 'stateless', data };
  });
  const world = await quietWorld(fleet);
  world.alarms.set(`${standby}/lag`, 'ALARM');
  world.silent.add(primary);
  await world.pass(300);
  expect(world.notices).toEqual(['failover-refused']);
  expect(world.invoked).toEqual([]);
  world.alarms.set(`${standby}/lag`, 'OK');
  await world.pass(60);
  expect(world.invoked).toMatchObject([{ app: 'storefront', to: standby, epoch: 1 }]);
  expect((await world.state())?.active).toBe(standby);
});

test('17 lag-unknown: a missing alarm is not OK', async () => {
  const fleet = shopFleet((app) => {
    app['failover'] = { automatic: true, data: [{ alarm: 'lag' }] };
  });
  const world = await quietWorld(fleet);
  world.silent.add(primary);
  await world.pass(300);
  expect(world.cloud.notices[0]?.text).toContain('missing');
  expect(world.latchWrites).toEqual([]);
});

test('23 hold-set-mid-incident: nothing moves until the hold ends, and its end is told', async () => {
  const world = await quietWorld();
  world.silent.add(primary);
  await world.pass(40);
  const untilMs = world.cloud.nowMs + 300_000;
  world.request(standby, { kind: 'hold', reason: 'maintenance', untilMs });
  await world.pass(240);
  expect(world.latchWrites).toEqual([]);
  expect(world.notices).toEqual(['failover-held', 'failover-refused']);
  await world.pass(180);
  expect(world.notices.slice(2)).toEqual(['failover-released', 'failover-done']);
});

test('24 coordination-store-unavailable: routing stays untouched', async () => {
  const world = await quietWorld();
  world.silent.add(primary);
  world.cloud.journal.read = () => Promise.reject(new Error('no quorum of replicas'));
  await expect(world.pass(60)).rejects.toThrow('no quorum of replicas');
  expect(world.latchWrites).toEqual([]);
});

test('tells a person to decide when automatic failover is off', async () => {
  const fleet = shopFleet((app) => {
    app['failover'] = { automatic: false };
  });
  const world = await quietWorld(fleet);
  world.silent.add(primary);
  await world.pass(600);
  expect(world.notices).toEqual(['failover-refused']);
  expect(world.cloud.notices[0]?.subject).toContain('NOT_AUTOMATIC');
});

test('cancels a move that has not switched traffic when the region recovers', async () => {
  const world = await quietWorld();
  world.cloud.services.healthyTargets = () => Promise.resolve(0);
  world.silent.add(primary);
  await world.pass(120);
  world.silent.delete(primary);
  await world.pass(60);
  expect(await world.state()).toMatchObject({ active: primary, phase: 'steady', epoch: 2 });
  expect(world.notices).toEqual(['failover-cancelled']);
  expect(world.latch).toEqual({ latched: false, epoch: 2 });
});

test('tells people once when DNS does not follow', async () => {
  const world = await quietWorld();
  world.dead.add(primary);
  world.cloud.services.down.add(primary);
  world.isDnsStuck = true;
  await world.pass(900);
  expect(world.notices).toEqual(['failover-stuck']);
  world.isDnsStuck = false;
  await world.pass(60);
  expect(world.notices).toEqual(['failover-stuck', 'failover-done']);
});

test('a flip back waits for the cooldown, and a third within a day for a person', async () => {
  const world = await quietWorld();
  world.silent.add(primary);
  await world.pass(120);
  world.silent.delete(primary);
  await world.pass(120);
  world.silent.add(standby);
  await world.pass(300);
  expect(world.notices).toEqual(['failover-done', 'failover-refused']);
  expect(world.cloud.notices[1]?.subject).toContain('COOLDOWN');
  await world.pass(1_800);
  expect(await world.state()).toMatchObject({ active: primary, epoch: 2 });
  world.silent.delete(standby);
  world.silent.add(primary);
  await world.pass(2 * 3_600);
  expect(world.cloud.notices.at(-1)?.subject).toContain('FLIP_BUDGET_SPENT');
  expect((await world.state())?.flips).toHaveLength(2);
});

test('flips away from the region that holds the latch, and opens the latch once it can', async () => {
  const world = await quietWorld();
  world.request(standby, { kind: 'run', to: standby, mode: 'planned', reason: 'drill' });
  await world.pass(60);
  world.dead.add(standby);
  world.isLatchLost = true;
  await world.pass(300);
  expect(await world.state()).toMatchObject({ active: primary, isLatchPending: true });
  world.isLatchLost = false;
  await world.pass(120);
  expect(world.latch).toEqual({ latched: false, epoch: 2 });
  expect((await world.state())?.isLatchPending).toBeUndefined();
});

describe('an operator', () => {
  test('forces traffic home while the region that holds the latch is gone', async () => {
    const world = await quietWorld();
    world.request(standby, { kind: 'run', to: standby, mode: 'planned', reason: 'drill' });
    await world.pass(60);
    world.dead.add(standby);
    world.isLatchLost = true;
    world.request(primary, { kind: 'back', mode: 'forced', reason: 'it is gone' });
    await world.pass(30);
    expect(await world.state()).toMatchObject({ active: primary, isLatchPending: true });
    world.isLatchLost = false;
    await world.pass(120);
    expect(world.latch).toEqual({ latched: false, epoch: 2 });
  });

  test('moves traffic and back home; both are done once', async () => {
    const world = await quietWorld();
    const run = { kind: 'run', to: standby, mode: 'planned', reason: 'drill', id: 'one' };
    world.request(standby, run);
    world.request(standby, run);
    await world.pass(60);
    expect(await world.state()).toMatchObject({ active: standby, epoch: 1 });
    world.request(primary, { kind: 'back', reason: 'done' });
    await world.pass(60);
    expect(await world.state()).toMatchObject({ active: primary, epoch: 2 });
    expect(world.latch).toEqual({ latched: false, epoch: 2 });
    expect(world.notices).toEqual(['failover-done', 'failback-done']);
  });

  test('is refused by a gate in a planned move and goes past it by force', async () => {
    const world = await quietWorld();
    world.silent.add(standby);
    await world.pass(60);
    world.request(standby, { kind: 'run', to: standby, mode: 'planned', reason: 'x', id: 'a' });
    await world.pass(60);
    expect(world.notices).toEqual(['failover-refused']);
    world.silent.delete(standby);
    world.cut.add(`${observer}>${standby}`);
    await world.pass(30);
    world.request(standby, { kind: 'run', to: standby, mode: 'forced', reason: 'y', id: 'b' });
    await world.pass(60);
    expect((await world.state())?.active).toBe(standby);
  });

  test('takes the next epoch from automation (22 operator-and-automation-at-once)', async () => {
    const world = await quietWorld();
    world.cloud.services.healthyTargets = () => Promise.resolve(1);
    world.silent.add(primary);
    await world.pass(120);
    expect((await world.state())?.epoch).toBe(1);
    world.request(standby, { kind: 'run', to: standby, mode: 'forced', reason: 'now', id: 'f' });
    await world.pass(60);
    expect(await world.state()).toMatchObject({ active: standby, epoch: 2 });
    expect(world.latchWrites).toEqual([{ latched: true, epoch: 2 }]);
  });

  test.each([
    [{ kind: 'run', to: 'eu-west-1', mode: 'planned', reason: 'x' }, 'UNKNOWN_REGION'],
    [{ kind: 'run', to: primary, mode: 'planned', reason: 'x' }, 'ALREADY_ACTIVE'],
    [{ kind: 'back', reason: 'x' }, 'ALREADY_ACTIVE'],
  ])('is refused with %j: %s', async (request, code) => {
    const world = await quietWorld();
    world.request(standby, request);
    await world.pass(5);
    expect(world.cloud.notices[0]?.subject).toContain(code);
  });
});

test.each(Array.from({ length: 40 }, (_, index) => index + 1))(
  'a function that dies before effect %i is finished by the next, with one notice',
  async (count) => {
    const world = await quietWorld();
    world.dead.add(primary);
    world.cloud.services.down.add(primary);
    world.cloud.dieBeforeEffect(count * 2);
    for (let second = 0; second < 400; second += 1) {
      await world.pass(1).catch((error: unknown) => {
        expect(String(error)).toContain('died before');
      });
    }
    expect((await world.state())?.active).toBe(standby);
    expect(world.latch).toEqual({ latched: true, epoch: 1 });
    expect(world.doneIds.size).toBe(1);
  },
);
