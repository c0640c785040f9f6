import { describe, expect, test } from '@jest/globals';
import { journalKeys } from '../../../core/contract/journal.ts';
import { digestOf, pinnedImage } from '../../../core/image-uri.ts';
import { readLease, takeLease } from '../../../core/lease.ts';
import { rolloutLoop } from '../../../core/rollout/rollout-loop.ts';
import { active, operator, recheck, Shop, standby } from './shop.ts';

describe('a rollout that goes well', () => {
  test('goes to the standby, bakes, then to the region that serves, and is told once', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    const digest = await shop.push('1.1.0');
    expect(await shop.runFor(8)).toEqual([
      'start NEWER_IMAGE',
      'deploy REGION_NEXT',
      'none WAITING_FOR_STEADY',
      'bake REGION_STEADY',
      'none BAKING',
      'advance REGION_DONE',
      'deploy REGION_NEXT',
      'none WAITING_FOR_STEADY',
      'bake REGION_STEADY',
      'none BAKING',
      'advance REGION_DONE',
      'complete EVERY_REGION_DONE',
      'none ALREADY_DEPLOYED',
    ]);
    expect(shop.deploys().map((effect) => effect.split(' ')[1])).toEqual([standby, active]);
    expect(await shop.running(active)).toBe(digest);
    expect(await shop.running(standby)).toBe(digest);
    expect(shop.kinds()).toEqual(['rollout-succeeded']);
    expect((await shop.document()).completed).toMatchObject({ digest, tag: '1.1.0' });
  });

  test('never changes a desired count', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.runFor(8);
    expect(shop.cloud.effects.filter((effect) => effect.startsWith('desired'))).toEqual([]);
  });

  test('holds the lease while it is under way and gives it back', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.runFor(3);
    const { journal, nowMs } = shop.cloud;
    expect(await readLease(journal, 'storefront', nowMs)).toMatchObject({ holder: 'rollout' });
    await shop.runFor(6);
    expect(await readLease(journal, 'storefront', shop.cloud.nowMs)).toMatchObject({
      holder: 'nobody',
    });
  });

  test('keeps the lease through a bake that is longer than the lease', async () => {
    const shop = new Shop({ rollout: { bake: '20m' } });
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.runFor(15);
    expect(await readLease(shop.cloud.journal, 'storefront', shop.cloud.nowMs)).toMatchObject({
      holder: 'rollout',
    });
  });

  test('runs the image in each region from the repository that is there', async () => {
    const name = 'mirror/storefront';
    const shop = new Shop({ replication: { repositoryIn: { [standby]: name } } });
    await shop.runs('1.0.0');
    const digest = await shop.push('1.1.0');
    await shop.runFor(8);
    for (const [region, repository] of [
      [active, 'shop/storefront'],
      [standby, name],
    ] as const) {
      const state = await shop.cloud.services.describe(shop.ref(region));
      expect(state?.image).toBe(pinnedImage('123456789012', region, repository, digest));
    }
  });

  test('pins a service that ran a tag', async () => {
    const shop = new Shop();
    const digest = await shop.push('1.0.0');
    for (const region of [active, standby]) {
      shop.cloud.services.seed(shop.ref(region), 'registry.example:5000/shop/storefront:1.0.0');
    }
    await shop.runFor(8);
    expect(await shop.running(active)).toBe(digest);
    expect((await shop.document()).current?.state).toBe('SUCCEEDED');
  });
});

describe('a rollout that fails', () => {
  test('rolls back the finished region, quarantines the image and tells once', async () => {
    const shop = new Shop();
    const before = await shop.runs('1.0.0');
    shop.cloud.services.fate = (region, image) =>
      region === active && digestOf(image) !== before ? 'breaks' : 'completes';
    const digest = await shop.push('1.1.0');
    const seen = await shop.runFor(12);
    expect(seen).toContain('roll-back SERVICE_WENT_BACK');
    expect(seen.at(-1)).toBe('none QUARANTINED');
    expect(await shop.running(active)).toBe(before);
    expect(await shop.running(standby)).toBe(before);
    expect(shop.kinds()).toEqual(['rollout-rolled-back']);
    const document = await shop.document();
    expect(document.quarantined).toMatchObject([{ digest }]);
    expect(document.current?.state).toBe('ROLLED_BACK');
    expect(shop.deploys()).toHaveLength(2);
  });

  test('never reaches the serving region when the standby fails', async () => {
    const shop = new Shop();
    const before = await shop.runs('1.0.0');
    shop.cloud.services.fate = (_region, image) =>
      digestOf(image) === before ? 'completes' : 'fails';
    await shop.push('1.1.0');
    expect(await shop.runFor(8)).toContain('roll-back DEPLOYMENT_FAILED');
    expect(shop.deploys().every((effect) => effect.includes(standby))).toBe(true);
    expect(await shop.running(standby)).toBe(before);
  });

  test('rolls back when a region is not steady at its deadline', async () => {
    const shop = new Shop({ rollout: { deadline: '5m' } });
    const before = await shop.runs('1.0.0');
    shop.cloud.services.fate = (_region, image) =>
      digestOf(image) === before ? 'completes' : 'hangs';
    await shop.push('1.1.0');
    expect(await shop.runFor(10)).toContain('roll-back DEADLINE_PASSED');
    expect(await shop.running(standby)).toBe(before);
  });

  test('leaves alone what somebody else deployed meanwhile', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.runFor(5);
    const theirs = `x/y@sha256:${'9'.repeat(64)}`;
    await shop.cloud.services.deploy(shop.ref(active), theirs);
    const seen = await shop.runFor(6);
    expect(seen).toContain('roll-back SERVICE_WENT_BACK');
    expect(await shop.running(active)).toBe(digestOf(theirs));
  });

  test('does not call zero tasks a success', async () => {
    const shop = new Shop({ rollout: { deadline: '3m' } });
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.wake();
    await shop.wake(recheck);
    shop.cloud.services.change(shop.ref(standby), { desired: 0, running: 0 });
    expect(await shop.runFor(6)).toContain('roll-back DEADLINE_PASSED');
  });
});

describe('gates', () => {
  test.each([
    ['a person has to start it', { rollout: { automatic: false } }, 'none NOT_AUTOMATIC'],
    [
      'a freeze window is open',
      {
        freeze: [
          { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z', reason: 'Launch day' },
        ],
      },
      'none FROZEN',
    ],
  ])('nothing starts while %s', async (_when, changes, expected) => {
    const shop = new Shop(changes);
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    expect(await shop.wake()).toEqual([expected]);
    expect(shop.deploys()).toEqual([]);
  });

  test('nothing starts before every region holds the image', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    shop.cloud.images.in(active).addImage('1.1.0', '1.1.0');
    expect(await shop.wake()).toEqual(['none NOT_REPLICATED']);
  });

  test('nothing starts when a region lost the image again', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    const digest = await shop.push('1.1.0');
    shop.cloud.images.in(standby).manifests.delete(digest);
    expect(await shop.wake()).toEqual(['none IMAGE_MISSING']);
  });

  test('a lower version is not rolled out, also when the higher one lost its tag', async () => {
    const shop = new Shop();
    await shop.push('1.9.0');
    for (const region of [active, standby]) {
      shop.cloud.services.seed(shop.ref(region), 'registry.example:5000/shop/storefront:2.0.0');
    }
    expect(await shop.wake()).toEqual(['none NOT_NEWER']);
  });

  test('nothing starts while a deployment of somebody else is under way', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.cloud.services.deploy(shop.ref(active), `x/y@sha256:${'9'.repeat(64)}`);
    expect(await shop.wake()).toEqual(['none FOREIGN_DEPLOYMENT']);
  });

  test('a failover goes first', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    const { journal, nowMs } = shop.cloud;
    await takeLease(journal, { app: 'storefront', holder: 'failover', nowMs, forMs: 60_000 });
    expect(await shop.wake()).toEqual(['none FAILOVER_FIRST']);
    shop.cloud.advance(60_000);
    expect(await shop.wake()).toEqual(['start NEWER_IMAGE']);
  });

  test.each([
    ['CODE_DEPLOY', { controller: 'CODE_DEPLOY' as const }, 'CONTROLLER_UNSUPPORTED'],
    ['no task', { desired: 0, running: 0 }, 'NO_TASKS'],
    ['no service', { status: 'INACTIVE' as const }, 'SERVICE_MISSING'],
  ])('people are told once that a rollout waits for them: %s', async (_what, changes, code) => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    shop.cloud.services.change(shop.ref(standby), changes);
    expect(await shop.wake()).toEqual([`block ${code}`]);
    expect(await shop.wake()).toEqual([`none ${code}`]);
    expect(shop.kinds()).toEqual(['rollout-blocked']);
  });

  test('an image somebody replaced after its rollout is left to them', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.runFor(8);
    shop.cloud.services.seed(shop.ref(active), `x/y@sha256:${'9'.repeat(64)}`);
    expect(await shop.wake()).toEqual(['none DRIFTED']);
  });
});

describe('a rollout that meets something else', () => {
  test('a newer image takes over at the region boundary and goes back to the last completed', async () => {
    const shop = new Shop();
    const before = await shop.runs('1.0.0');
    const first = await shop.push('1.1.0');
    await shop.runFor(1);
    const second = await shop.push('1.2.0');
    shop.cloud.services.fate = (_region, image) =>
      digestOf(image) === second ? 'fails' : 'completes';
    const event = {
      id: 'e1',
      source: 'farshore',
      'detail-type': 'Image Replicated',
      time: '2026-11-20T10:00:00Z',
      region: active,
      detail: shop.cloud.published.at(-1)?.detail,
    };
    expect(await shop.wake(event)).toEqual(['queue QUEUED']);
    const seen = await shop.runFor(12);
    expect(seen).toContain('supersede NEWER_IMAGE');
    expect(shop.deploys().some((effect) => effect.includes(`${active} `))).toBe(false);
    expect(await shop.running(standby)).toBe(before);
    expect(first).not.toBe(before);
    expect(shop.kinds()).toEqual(['rollout-rolled-back']);
  });

  test('a failover pauses it, and the region that serves now comes last', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.wake();
    const key = journalKeys.failover('storefront');
    const moving = { active, epoch: 1, phase: 'moving', target: standby };
    await shop.cloud.journal.write(key, moving, undefined);
    expect(await shop.wake()).toEqual(['none FAILOVER_FIRST']);
    await shop.cloud.journal.write(key, { active: standby, epoch: 1, phase: 'steady' }, 1);
    await shop.runFor(10);
    expect(shop.deploys().map((effect) => effect.split(' ')[1])).toEqual([active, standby]);
  });

  test('a region that gives no answer halts it, people are told once, and it goes on later', async () => {
    const shop = new Shop({ rollout: { deadline: '5m' } });
    await shop.runs('1.0.0');
    const digest = await shop.push('1.1.0');
    await shop.wake();
    await shop.wake(recheck);
    shop.cloud.services.down.add(standby);
    const seen = await shop.runFor(12);
    expect(seen).toContain('halt REGION_SILENT');
    expect(shop.kinds()).toEqual(['rollout-halted']);
    shop.cloud.services.down.clear();
    expect(await shop.runFor(8)).toContain('resume REGION_ANSWERS');
    expect(await shop.running(active)).toBe(digest);
  });

  test('an image that is gone from the next region halts it; people are told once', async () => {
    const shop = new Shop({ rollout: { deadline: '5m', bake: '1m' } });
    await shop.runs('1.0.0');
    const digest = await shop.push('1.1.0');
    await shop.wake();
    const { manifests } = shop.cloud.images.in(active);
    const manifest = manifests.get(digest);
    manifests.delete(digest);
    const seen = await shop.runFor(20);
    expect(seen.filter((text) => text === 'halt IMAGE_MISSING')).toHaveLength(1);
    expect(shop.kinds()).toEqual(['rollout-halted']);
    expect(shop.cloud.notices[0]?.text).toContain('cannot be read in us-east-1');
    if (manifest !== undefined) manifests.set(digest, manifest);
    await shop.runFor(8);
    expect(await shop.running(active)).toBe(digest);
  });

  test('a scale-out during the rollout does not disturb it', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    const digest = await shop.push('1.1.0');
    await shop.runFor(1);
    await shop.cloud.services.setDesiredCount(shop.ref(standby), 4);
    await shop.runFor(8);
    expect(await shop.running(active)).toBe(digest);
  });

  test('a freeze that opens meanwhile stops it at the boundary', async () => {
    const from = '2026-11-20T10:01:00Z';
    const freeze = [{ from, to: '2026-11-20T11:00:00Z', reason: 'Launch' }];
    const shop = new Shop({ freeze });
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    expect((await shop.runFor(8)).at(-1)).toBe('none FROZEN');
    expect(shop.deploys()).toHaveLength(1);
    shop.cloud.advance(3_600_000);
    await shop.runFor(8);
    expect((await shop.document()).current?.state).toBe('SUCCEEDED');
  });
});

describe('operators', () => {
  test('start what automatic rollouts leave alone', async () => {
    const shop = new Shop({ rollout: { automatic: false } });
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    expect(await shop.wake(operator({ kind: 'start', tag: '1.1.0' }))).toEqual([
      'start OPERATOR_STARTED',
    ]);
    await shop.runFor(8);
    expect(shop.kinds()).toEqual(['rollout-succeeded']);
  });

  test('roll back what was completed, also inside a freeze, and a second delivery does nothing', async () => {
    const freeze = [{ from: '2026-11-20T10:08:00Z', to: '2026-11-20T11:00:00Z', reason: 'Launch' }];
    const shop = new Shop({ freeze });
    const before = await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.runFor(8);
    const request = operator({ kind: 'roll-back' });
    expect(await shop.wake(request)).toEqual(['roll-back OPERATOR_ROLLED_BACK']);
    await shop.runFor(4);
    expect(await shop.running(active)).toBe(before);
    expect(await shop.running(standby)).toBe(before);
    expect(await shop.wake(request)).toEqual(['none REQUEST_ALREADY_DONE']);
    expect(shop.kinds()).toEqual(['rollout-succeeded', 'rollout-rolled-back']);
  });

  test('rejects a request that is not understood', async () => {
    const shop = new Shop();
    await expect(shop.wake(operator({ kind: 'faster' }))).rejects.toThrow(/kind/);
  });
});

describe('two runs that saw the same state', () => {
  test('make a step once: the later one is superseded and deploys nothing', async () => {
    const shop = new Shop();
    await shop.runs('1.0.0');
    await shop.push('1.1.0');
    await shop.wake();
    const late = rolloutLoop(shop.fleet, shop.cloud.ports(standby));
    const [event] = late.parse(recheck);
    if (event === undefined) throw new Error('no event');
    const observed = await late.observe(event);
    const decision = late.decide(event, observed, shop.cloud.nowMs);
    expect(await shop.wake(recheck)).toEqual(['deploy REGION_NEXT']);
    const run = { alive: () => Promise.resolve(true) };
    expect(await late.act(decision, observed, run)).toMatchObject({ status: 'superseded' });
    expect(shop.deploys()).toHaveLength(1);
  });
});

describe('a function that dies', () => {
  const failing = [false, true];
  test.each(failing)(
    'loses nothing, whichever effect it dies before (failing: %s)',
    async (fails) => {
      for (let effect = 1; effect <= 60; effect += 1) {
        const shop = new Shop();
        const before = await shop.runs('1.0.0');
        const digest = await shop.push('1.1.0');
        if (fails) {
          shop.cloud.services.fate = (region, image) =>
            region === active && digestOf(image) !== before ? 'fails' : 'completes';
        }
        shop.cloud.dieBeforeEffect(effect);
        for (let wakes = 0; wakes < 60; wakes += 1) {
          await shop.wake(recheck).catch((error: unknown) => {
            if (!String(error).includes('died before')) throw error;
          });
          shop.cloud.advance(15_000);
        }
        const wanted = fails ? before : digest;
        expect([effect, await shop.running(active), await shop.running(standby)]).toEqual([
          effect,
          wanted,
          wanted,
        ]);
        expect(shop.deploys()).toHaveLength(2);
        expect((await shop.document()).current?.state).toBe(fails ? 'ROLLED_BACK' : 'SUCCEEDED');
      }
    },
  );
});
