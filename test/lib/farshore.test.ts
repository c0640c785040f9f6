import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { functions } from '../../core/contract/functions.ts';
import { Farshore } from '../../lib/farshore.ts';
import { FleetFileError, readFleet } from '../../lib/read-fleet.ts';
import { shop, synthesize } from './synthesize.ts';

const flagsFile = 'node_modules/aws-cdk-lib/recommended-feature-flags.json';

test('makes a stack in each region and one for what is global', () => {
  const { farshore } = synthesize();
  const stacks = Object.entries(farshore.regionalStacks).map(([region, stack]) => [
    region,
    stack.stackName,
    stack.region,
  ]);
  expect(stacks).toEqual([
    ['us-east-1', 'farshore-shop-us-east-1', 'us-east-1'],
    ['us-west-2', 'farshore-shop-us-west-2', 'us-west-2'],
    ['us-east-2', 'farshore-shop-us-east-2', 'us-east-2'],
  ]);
  expect(farshore.globalStack?.stackName).toBe('farshore-shop-global');
  expect(farshore.globalStack?.region).toBe('us-east-1');
});

test('deploys the journal before what writes to it, and DNS after what it points at', () => {
  const { farshore } = synthesize();
  const { 'us-east-1': first, 'us-west-2': second } = farshore.regionalStacks;
  expect(second?.dependencies).toContain(first);
  expect(farshore.globalStack?.dependencies).toEqual(
    expect.arrayContaining(Object.values(farshore.regionalStacks)),
  );
});

test('refers to nothing in another region, so that no region needs another to be deployed', () => {
  const { regional, global } = synthesize();
  for (const template of [...Object.keys(shop.regions).map(regional), global]) {
    const json = template.toJSON();
    expect(json['Outputs']).toBeUndefined();
    expect(JSON.stringify(json)).not.toMatch(/Fn::ImportValue|Custom::|Fn::GetStackOutput/);
  }
});

test('takes the path of a fleet file and the account', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const fleet = 'examples/shop/fleet.yaml';
  const { regionalStacks } = new Farshore(app, 'Farshore', { fleet, account: '123456789012' });
  expect(regionalStacks['us-west-2']?.account).toBe('123456789012');
});

test('works with every feature flag that the CDK recommends', () => {
  const flags = JSON.parse(readFileSync(flagsFile, 'utf8')) as Readonly<Record<string, unknown>>;
  const { regional } = synthesize(shop, flags);
  regional('us-east-1').resourceCountIs('AWS::Lambda::Function', 6);
});

test('keeps ids when the fleet grows, so that nothing is replaced', () => {
  const storefront = shop.applications['storefront'];
  if (storefront === undefined) throw new Error('the shop has a storefront');
  const small = synthesize({ ...shop, applications: { storefront } });
  const large = synthesize();
  const idsOf = (template: Template) => Object.keys(template.toJSON()['Resources'] as object);
  expect(idsOf(large.regional('us-west-2'))).toEqual(
    expect.arrayContaining(idsOf(small.regional('us-west-2'))),
  );
});

describe('fails', () => {
  test('for a fleet file with every problem and its remedy', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'fleet-')), 'fleet.yaml');
    writeFileSync(file, 'version: 1\nname: Shop\nregions: {}\napplications: {}\nextra: 1\n');
    const read = () => readFleet(file);
    expect(read).toThrow(FleetFileError);
    expect(read).toThrow(/name: [^]*extra/);
  });

  test('for a file that is no YAML', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'fleet-')), 'fleet.yaml');
    writeFileSync(file, 'a: [');
    expect(() => readFleet(file)).toThrow(/is not YAML/);
  });

  test('for a file that is not there', () => {
    expect(() => readFleet('nowhere.yaml')).toThrow(/cannot be read.*-c fleet=PATH/);
  });

  test('for a name that makes the name of a latch bucket too long', () => {
    const fleet = { ...shop, name: 'a-very-long-name-of-shop' };
    const regions = { ...shop.regions, 'ap-northeast-1': { role: 'workload' as const } };
    const coordination = { regions: ['us-east-1', 'us-west-2', 'us-east-2'], witness: undefined };
    expect(() => synthesize({ ...fleet, regions, coordination })).toThrow(
      /too long for a bucket in ap-northeast-1: shorten it by \d/,
    );
  });

  test('when no region of the fleet holds the journal', () => {
    const coordination = { regions: ['eu-west-1', 'eu-west-2', 'eu-west-3'], witness: undefined };
    expect(() => synthesize({ ...shop, coordination })).toThrow(/No region of the fleet/);
  });
});

describe("in a CDK app of the user's own", () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'own-cdk-app-'));
  execFileSync('node_modules/.bin/node', ['--conditions=source', 'examples/own-cdk-app/app.ts'], {
    env: { ...process.env, NODE_OPTIONS: '', CDK_OUTDIR: outdir },
    stdio: 'pipe',
  });
  const files = readdirSync(outdir);

  test('stands beside the stacks of the user', () => {
    expect(files.filter((file) => file.endsWith('.template.json'))).toHaveLength(5);
  });

  test('bundles every function with the parsed fleet beside it', () => {
    const assets = files.filter((file) => file.startsWith('asset.'));
    expect(assets).toHaveLength(Object.keys(functions).length);
    for (const asset of assets) {
      expect(readdirSync(path.join(outdir, asset)).sort()).toEqual(['fleet.json', 'index.mjs']);
      const fleet = readFileSync(path.join(outdir, asset, 'fleet.json'), 'utf8');
      expect(JSON.parse(fleet)).toEqual(JSON.parse(JSON.stringify(shop)));
    }
  });
});
