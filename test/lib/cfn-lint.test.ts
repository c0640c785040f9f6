import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Farshore } from '../../lib/farshore.ts';
import { shop } from './synthesize.ts';

const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;
const testWithLint = isInstalled ? test : test.skip;

// Skipped where the Python tool cfn-lint is not installed: `pip install cfn-lint`.
testWithLint(
  'cfn-lint finds no error in the templates',
  () => {
    const outdir = mkdtempSync(path.join(tmpdir(), 'farshore-lint-'));
    const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
    new Farshore(app, 'Farshore', { fleet: shop });
    app.synth();
    const templates = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
    expect(templates).toHaveLength(4);
    // Warnings are left out: it does not know the newest actions, nor why the CDK orders resources.
    const { stdout } = spawnSync('cfn-lint', ['--ignore-checks', 'W', '--', ...templates], {
      cwd: outdir,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  },
  120_000,
);
