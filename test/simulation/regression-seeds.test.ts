import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { operate } from '../../cli/rehearse/operate.ts';
import { playScenario } from '../../rehearsal/play-scenario.ts';
import { randomScenario } from '../../rehearsal/random-scenario.ts';
import { type SoakMode, soakModes } from '../../rehearsal/soak-modes.ts';
import { shop, shopAssembly } from '../rehearsal/shop.ts';

interface Regression {
  readonly seed: number;
  readonly mode: SoakMode;
  readonly broke: string;
}

/** One line each: seed, mode, and what it once broke. */
const regressions = readFileSync('test/simulation/regression-seeds.txt', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line): Regression => {
    const [, seed = '', name = '', broke = ''] = /^(\d+) (\w+) (.+)$/.exec(line) ?? [];
    const mode = soakModes.find((known) => known === name);
    if (mode === undefined) throw new Error(`regression-seeds.txt: "${line}" names no mode`);
    return { seed: Number(seed), mode, broke };
  });

test('no seed that once broke a promise breaks one again', async () => {
  const assembly = await shopAssembly();
  const broken: object[] = [];
  for (const { seed, mode, broke } of regressions) {
    const scenario = randomScenario(shop, seed, mode);
    const { verdicts } = await playScenario({ scenario, fleet: shop, assembly, seed }, operate);
    const again = verdicts.filter(({ isMet }) => !isMet).map(({ seen }) => seen);
    if (again.length > 0) broken.push({ seed, mode, broke, again });
  }
  expect(broken).toEqual([]);
}, 600_000);
