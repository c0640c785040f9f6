import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'farshore-cli-'));
const shop = readFileSync('examples/shop/fleet.yaml', 'utf8');

/** Writes the example with one change and validates it. */
function validate(find: string | RegExp, replacement: string) {
  const written = shop.replaceAll(find, replacement);
  expect(written).not.toBe(shop);
  writeFileSync(path.join(folder, 'fleet.yaml'), written);
  const line = written.split('\n').findIndex((text) => text.includes(replacement)) + 1;
  return { line, ...runCli(folder, 'fleet', 'validate', 'fleet.yaml') };
}

test.each([
  [
    'an unknown key',
    'bake: 1m',
    'bakes: 1m',
    [/rollout\.bakes: .*no key bakes/, /did you mean bake/],
  ],
  ['a bad range', "'>=1.0.0'", "'>=banana'", [/tags\.semver: ">=banana" is not a range/, /\^1\.4/]],
  [
    'overlapping steps',
    'from: 10, by: 3',
    'from: 5, by: 3',
    [/busy\.steps: the steps overlap/, /where/],
  ],
  [
    'a field that the native engine cannot do',
    'replication: { engine: copy, deadline: 30m }',
    'replication: { engine: native, referrers: required }',
    [/replication\.referrers: engine native cannot do that: ECR/, /remove referrers, or .*copy/],
  ],
  ['a bad duration', 'cooldown: 30m', 'cooldown: 30 minutes', [/cooldown/, /30s, 10m/]],
])('rejects %s with its line and remedy', (_, find, replacement, said) => {
  const { status, stdout, stderr, line } = validate(find, replacement);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  for (const text of said) expect(stderr).toMatch(text);
  // Steps are named by the list they stand in, which begins a few lines above.
  const named = Number(/^fleet\.yaml:(\d+):/.exec(stderr)?.[1]);
  expect(line - named).toBeGreaterThanOrEqual(0);
  expect(line - named).toBeLessThanOrEqual(3);
});

test('rejects automatic failover with two regions', () => {
  const { status, stderr } = validate(/ {2}us-east-2: .*\n/g, '');
  expect(status).toBe(2);
  expect(stderr).toMatch(/failover\.automatic: two regions alone cannot tell/);
  expect(stderr).toMatch(/add a region with the role observer/);
});

test('tells faults as JSON when asked to', () => {
  writeFileSync(path.join(folder, 'fleet.yaml'), 'version: 2\n');
  const { status, stdout } = runCli(folder, 'fleet', 'validate', 'fleet.yaml', '--json');
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    valid: false,
    faults: expect.arrayContaining([expect.objectContaining({ line: 1, path: 'version' })]),
  });
});

test('accepts the example', () => {
  const { status, stdout } = runCli(process.cwd(), 'fleet', 'validate', 'examples/shop/fleet.yaml');
  expect(status).toBe(0);
  expect(stdout).toMatch(/is valid: 2 applications in 3 regions/);
  expect(stdout).toMatch(/storefront: engine copy. Farshore copies, as the fleet file says/);
});

test.each([
  ['an unknown command', ['bogus'], 2, /unknown command/],
  ['a fleet file that is not there', ['fleet', 'validate', 'none.yaml'], 2, /Cannot read/],
  ['a speed of nothing', ['sandbox', 'up', '--speed', '0'], 2, /above 0/],
  ['a command that needs a local cloud', ['sandbox', 'status'], 5, /npm start/],
])('ends with its exit code for %s', (_, args, status, message) => {
  const answer = runCli(folder, ...args);
  expect(answer.status).toBe(status);
  expect(answer.stderr).toMatch(message);
});
