import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { runCli } from '../run-cli.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'farshore-rehearse-'));
const fleet = path.resolve('examples/shop/fleet.yaml');

function write(name: string, region: string): void {
  const expected = `expect:\n  - atEnd: true\n    active: { app: storefront, is: ${region} }\n`;
  const step = 'steps:\n  - at: 1s\n    load: { app: storefront, region: us-east-1, cpu: 40 }\n';
  const text = `version: 1\nproves: something worth knowing\nfleet: ${fleet}\nfor: 10s\n`;
  writeFileSync(path.join(folder, name), `${text}${step}${expected}`);
}

test('what holds ends with 0, and the report is one file without any network', () => {
  write('holds.yaml', 'us-east-1');
  const { status, stdout } = runCli(folder, 'rehearse', 'holds.yaml', '--report', 'report.html');
  expect([status, stdout]).toEqual([0, expect.stringContaining('1 of 1 scenarios hold.')]);
  const html = readFileSync(path.join(folder, 'report.html'), 'utf8');
  expect(html).toContain('CPU of storefront in us-east-1 goes to 40 %');
  expect(html).not.toMatch(/https?:|<script|<link|url\(/);
}, 60_000);

test('what breaks ends with 1, and tells the seed and the command that repeats it', () => {
  write('breaks.yaml', 'us-west-2');
  const { status, stdout, stderr } = runCli(folder, 'rehearse', 'breaks.yaml', '--seed', '7');
  expect(status).toBe(1);
  expect(stdout).toContain('BROKEN  atEnd: active app storefront, is us-west-2');
  expect(stderr).toContain('npx farshore rehearse breaks.yaml --seed 7 --timeline');
}, 60_000);

test('wrong input ends with 2, before anything plays', () => {
  write('wrong.yaml', 'mars');
  const wrong = runCli(folder, 'rehearse', 'wrong.yaml', '--json');
  expect([wrong.status, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain('wrong.yaml:10: expect.0.active.is: mars is not a region');
  const nothing = runCli(folder, 'rehearse');
  expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining('--soak')]);
}, 60_000);
