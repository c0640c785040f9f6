import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FailoverWorld, observer, primary, standby } from './failover-world.ts';

type Fault = (world: FailoverWorld) => void;

const toggle = (set: Set<string>, what: string): void => {
  if (!set.delete(what)) set.add(what);
};

/** Everything that may go wrong between two looks, by name so that a failing run can be read. */
const faults: Record<string, Fault> = {
  quiet: () => undefined,
  primarySilent: (world) => {
    toggle(world.silent, primary);
  },
  standbySilent: (world) => {
    toggle(world.silent, standby);
  },
  primaryDead: (world) => {
    toggle(world.dead, primary);
    toggle(world.cloud.services.down, primary);
  },
  observerBlind: (world) => {
    toggle(world.blind, observer);
  },
  linkCut: (world) => {
    toggle(world.cut, `${standby}>${primary}`);
  },
  death: (world) => {
    world.cloud.dieBeforeEffect(5);
  },
  dnsStuck: (world) => {
    world.isDnsStuck = !world.isDnsStuck;
  },
  operatorBack: (world) => {
    world.request(primary, { kind: 'back', mode: 'forced', reason: 'law' });
  },
  operatorRun: (world) => {
    world.request(standby, { kind: 'run', to: standby, mode: 'forced', reason: 'law' });
  },
};

const schedule = fc.array(fc.constantFrom(...Object.keys(faults)), {
  minLength: 3,
  maxLength: 12,
});

async function passThrough(world: FailoverWorld, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await world.pass(1).catch((error: unknown) => {
      expect(String(error)).toMatch(/died before|does not answer/);
    });
  }
}

function heal(world: FailoverWorld): void {
  for (const set of [world.silent, world.dead, world.blind, world.cut, world.cloud.services.down]) {
    set.clear();
  }
  world.isDnsStuck = false;
}

test('I2, I5, I9: epochs only grow, flips keep to the budget, and calm brings agreement', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (names) => {
      const world = new FailoverWorld();
      await passThrough(world, 60);
      let epoch = 0;
      for (const name of names) {
        faults[name]?.(world);
        await passThrough(world, 60);
        const state = await world.state();
        expect(state?.epoch ?? 0).toBeGreaterThanOrEqual(epoch);
        epoch = state?.epoch ?? 0;
        expect(world.latch.epoch).toBeLessThanOrEqual(epoch);
      }
      const epochs = world.latchWrites.map((write) => write.epoch);
      expect(epochs).toEqual(epochs.toSorted((one, other) => one - other));
      heal(world);
      await passThrough(world, 900);
      const state = await world.state();
      expect(state?.phase).toBe('steady');
      expect(world.latch.latched).toBe(state?.active === standby);
      const automatic = state?.flips.filter(({ mode }) => mode === 'automatic') ?? [];
      expect(automatic.length).toBeLessThanOrEqual(2);
      expect(world.doneIds.size).toBeLessThanOrEqual(state?.flips.length ?? 0);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('faults elsewhere than at the active endpoint never flip', async () => {
  const elsewhere = ['quiet', 'standbySilent', 'observerBlind', 'linkCut', 'death'];
  const runs = fc.array(fc.constantFrom(...elsewhere), { minLength: 3, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(runs, async (names) => {
      const world = new FailoverWorld();
      for (const name of names) {
        faults[name]?.(world);
        await passThrough(world, 60);
      }
      expect(world.latchWrites).toEqual([]);
      expect((await world.state())?.active ?? primary).toBe(primary);
    }),
    { numRuns: 30 },
  );
}, 60_000);
