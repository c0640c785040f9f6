import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ScenarioFiles } from '../../../cli/rehearse/scenario-file.ts';

const directory = mkdtempSync(path.join(os.tmpdir(), 'farshore-scenarios-'));
const files = new ScenarioFiles();
afterAll(() => {
  files.close();
});

function write(name: string, text: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, text);
  return file;
}

const fleet = path.resolve('examples/shop/fleet.yaml');
const head = `version: 1\nproves: something worth knowing\n`;
const tail = `for: 1m\nexpect:\n  - atEnd: true\n    active: { app: storefront, is: us-east-1 }\n`;

test('what is wrong in a scenario is told with its line and a remedy', () => {
  const steps = 'steps:\n  - at: 1s\n    push: { app: storefront, tag: 1.0.0, crashs: true }\n';
  const file = write('wrong.yaml', `${head}fleet: ${fleet}\n${steps}${tail}`);
  expect(() => files.load(file, undefined)).toThrow(`${file}:6: steps.0.push.crashs`);
  expect(() => files.load(file, undefined)).toThrow('did you mean crashes?');
});

test('a name that the fleet does not have is told with its line', () => {
  const steps = 'steps:\n  - at: 1s\n    fault: { kind: region-down, region: mars }\n';
  const file = write('mars.yaml', `${head}fleet: ${fleet}\n${steps}${tail}`);
  expect(() => files.load(file, undefined)).toThrow(`${file}:6: steps.0.fault.region`);
});

test('a patch changes the fleet file for one scenario', () => {
  const patch = `fleet:\n  file: ${fleet}\n  patch:\n    sweepEvery: 2m\n    notifications: null\n`;
  const file = write('patched.yaml', `${head}${patch}${tail}`);
  const loaded = files.load(file, undefined);
  expect(loaded.fleet.sweepEvery).toBe(120_000);
  expect(Object.keys(loaded.fleet.applications)).toEqual(['storefront', 'orders']);
  expect(files.load(file, undefined).fleetFile).toBe(loaded.fleetFile);
});

test('a fleet step is laid over the fleet, and refuses what makes other resources', () => {
  const step = (patch: string) =>
    write(
      'step.yaml',
      `${head}fleet: ${fleet}\nsteps:\n  - at: 1s\n    fleet: { patch: ${patch} }\n${tail}`,
    );
  const more = step('{ applications: { orders: { services: { api: { max: 8 } } } } }');
  const { fleets } = files.load(more, undefined);
  expect(fleets.map(({ applications }) => applications['orders']?.services['api']?.max)).toEqual([
    8,
  ]);
  const other = step('{ applications: { orders: { regions: [us-west-2, us-east-1] } } }');
  expect(() => files.load(other, undefined)).toThrow(
    /step\.yaml:6: .*cannot change.*orders\.regions/,
  );
  const wrong = step('{ applications: { orders: { services: { api: { maxi: 8 } } } } }');
  expect(() => files.load(wrong, undefined)).toThrow(/step\.yaml:6: .*did you mean max/s);
});

test('another fleet can stand in for the own one', () => {
  const file = write('other.yaml', `${head}fleet: nowhere.yaml\n${tail}`);
  expect(() => files.load(file, undefined)).toThrow('nowhere.yaml');
  expect(files.load(file, fleet).fleet.name).toBe('shop');
});
