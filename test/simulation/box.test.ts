import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { playInParallel } from '../../cli/rehearse/play-in-parallel.ts';
import { ScenarioFiles } from '../../cli/rehearse/scenario-file.ts';
import type { Performance, Play } from '../../rehearsal/play-scenario.ts';

const folder = 'examples/scenarios';
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''))
  .sort();
const pending = readFileSync('test/simulation/pending.txt', 'utf8').split('\n').filter(Boolean);

const files = new ScenarioFiles();
const performances = new Map<string, Performance>();

beforeAll(async () => {
  const plays: Play[] = [];
  for (const name of names) {
    const { scenario, fleet, fleets, fleetFile } = files.load(`${folder}/${name}.yaml`, undefined);
    const assembly = await files.assembly(fleetFile);
    plays.push({ scenario, fleet, fleets, assembly, seed: scenario.seed });
  }
  await playInParallel(plays, (performance, index) => {
    performances.set(names[index] ?? '', performance);
  });
}, 600_000);

afterAll(() => {
  files.close();
});

test('the box holds at least forty scenarios, and only those that exist wait', () => {
  expect(names.length).toBeGreaterThanOrEqual(40);
  expect(pending.filter((name) => !names.includes(name))).toEqual([]);
});

test.each(names.filter((name) => !pending.includes(name)))('%s holds', (name) => {
  const broken = performances.get(name)?.verdicts.filter(({ isMet }) => !isMet);
  expect(broken).toEqual([]);
});

test('what waits for a deeper loop does not hold yet; once it does, take it off the list', () => {
  expect(pending.filter((name) => performances.get(name)?.isMet === true)).toEqual([]);
});
