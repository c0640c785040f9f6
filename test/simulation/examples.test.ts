import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { playInParallel } from '../../cli/rehearse/play-in-parallel.ts';
import { ScenarioFiles } from '../../cli/rehearse/scenario-file.ts';
import type { Performance, Play } from '../../rehearsal/play-scenario.ts';
import { atRest, invariants, progress } from '../../rehearsal/invariants.ts';
import { faultKinds, stepKinds } from '../../rehearsal/scenario-steps.ts';
import { moments, subjects } from '../../rehearsal/scenario-expectations.ts';
import { scenarioJsonSchema } from '../../rehearsal/scenario.ts';

const page = readFileSync('docs/rehearsals.md', 'utf8');
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
const directory = mkdtempSync(path.join(os.tmpdir(), 'farshore-examples-'));
const files = new ScenarioFiles();
const performances: Performance[] = [];

beforeAll(async () => {
  const plays: Play[] = [];
  for (const [index, text] of examples.entries()) {
    const file = path.join(directory, `${index}.yaml`);
    writeFileSync(file, text);
    const { scenario, fleet, fleets, fleetFile } = files.load(
      file,
      path.resolve('examples/shop/fleet.yaml'),
    );
    plays.push({
      scenario,
      fleet,
      fleets,
      assembly: await files.assembly(fleetFile),
      seed: scenario.seed,
    });
  }
  await playInParallel(plays, (performance) => performances.push(performance));
}, 300_000);

afterAll(() => {
  files.close();
});

test('every example of the page holds', () => {
  const broken = performances.flatMap(({ verdicts }) => verdicts.filter(({ isMet }) => !isMet));
  expect(broken).toEqual([]);
  expect(performances).toHaveLength(3);
});

test('the page shows every step, fault, time and subject', () => {
  const names = [...stepKinds, ...faultKinds, ...moments, ...subjects];
  expect(names.filter((name) => !page.includes(name))).toEqual([]);
});

test('the page says every promise in its own words', () => {
  const rows = page.replaceAll(/ +/g, ' ');
  const missing = [...invariants, ...atRest, ...progress].filter(
    ({ name, sentence }) => !rows.includes(`| \`${name}\` | ${sentence} |`),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('the committed JSON Schema is that of the scenarios', () => {
  const committed: unknown = JSON.parse(readFileSync('docs/scenario.schema.json', 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
});
