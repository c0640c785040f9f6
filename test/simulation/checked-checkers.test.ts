import { expect, test } from '@jest/globals';
import { atRest, invariants, progress } from '../../rehearsal/invariants.ts';
import { operate } from '../../cli/rehearse/operate.ts';
import { playScenario } from '../../rehearsal/play-scenario.ts';
import { randomScenario } from '../../rehearsal/random-scenario.ts';
import { shop, shopAssembly } from '../rehearsal/shop.ts';
import { type Mutation, mutations } from './mutations.ts';

/** So many random scenarios must be enough to find any one mistake. */
const SEEDS_MAX = 200;

/** What the soak first finds of a mutation, and with which seed. */
async function found(mutation: Mutation): Promise<{ seed: number; seen: string } | undefined> {
  const assembly = await shopAssembly();
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const scenario = randomScenario(shop, seed, mutation.mode);
    const { tamper, sabotage } = mutation;
    const { verdicts } = await playScenario(
      {
        scenario,
        fleet: shop,
        assembly,
        seed,
        endsWhenBroken: true,
        ...(tamper && { tamper }),
        ...(sabotage && { sabotage }),
      },
      operate,
    );
    const broken = verdicts.find(({ isMet }) => !isMet);
    if (broken?.seen.startsWith(`${mutation.breaks}:`)) return { seed, seen: broken.seen };
  }
  return undefined;
}

test('every promise has a mutation that breaks it', () => {
  const promises = new Set([...invariants, ...atRest, ...progress].map(({ name }) => name));
  const broken = new Set(mutations.map(({ breaks }) => breaks));
  expect([...promises].filter((name) => !broken.has(name))).toEqual([]);
});

test.each(mutations)(
  'the soak finds a fleet in which $by ($breaks)',
  async (mutation) => {
    expect(await found(mutation)).toBeDefined();
  },
  600_000,
);
