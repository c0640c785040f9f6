import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
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
}, 240_000);

test('what breaks ends with 1, and tells the seed and the command that repeats it', () => {
  write('breaks.yaml', 'us-west-2');
  const { status, stdout, stderr } = runCli(folder, 'rehearse', 'breaks.yaml', '--seed', '7');
  expect(status).toBe(1);
  expect(stdout).toContain('BROKEN  atEnd: active app storefront, is us-west-2');
  expect(stderr).toContain('npx farshore rehearse breaks.yaml --seed 7 --timeline');
}, 240_000);

test('the command that a failure prints fails in the same way', () => {
  const faults = ['region: us-west-2, service: ecs', 'region: us-west-2, service: dynamodb']
    .map((of) => `  - at: 1s\n    fault: { kind: api-error, rate: 0.3, ${of} }\n`)
    .join('');
  const push = '  - at: 2s\n    push: { app: storefront, tag: 1.0.0 }\n';
  const wanted = 'digest: { app: storefront, region: us-east-1, tag: 1.0.0 }';
  const text = `version: 1\nproves: something worth knowing\nfleet: ${fleet}\nfor: 25s\n`;
  const file = `${text}steps:\n${faults}${push}expect:\n  - atEnd: true\n    ${wanted}\n`;
  writeFileSync(path.join(folder, 'late.yaml'), file);
  const first = runCli(folder, 'rehearse', 'late.yaml', '--seed', '11', '--timeline');
  const [, printed = ''] = /npx farshore (rehearse .*)/.exec(first.stderr) ?? [];
  const again = runCli(folder, ...printed.split(' '));
  expect([first.status, again.status]).toEqual([1, 1]);
  expect(again.stdout).toBe(first.stdout);
}, 300_000);

test('one seed gives the same bytes in any folder, zone, language and company', () => {
  const scenarios = path.resolve('examples/scenarios');
  const [file, other] = ['alarm-doubled-in-an-outage', 'short-blip-stateless'].map(
    (name) => `${scenarios}/${name}.yaml`,
  );
  const play = (cwd: string, env: object, ...files: readonly (string | undefined)[]) => {
    const args = ['rehearse', '--json', '--timeline', ...files.map(String)];
    const answer = spawnSync(process.execPath, [path.resolve('bin/farshore.mjs'), ...args], {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...env },
    });
    const { scenarios: played } = JSON.parse(answer.stdout) as { scenarios: { file: string }[] };
    return JSON.stringify(played.find((one) => one.file === file));
  };
  const alone = play(
    folder,
    { TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    file,
  );
  const beside = play(
    path.resolve('.'),
    {
      TZ: 'America/St_Johns',
      LANG: 'C',
      NODE_OPTIONS: '--max-semi-space-size=1 --stack-trace-limit=99 --no-deprecation',
    },
    other,
    file,
    other,
  );
  expect(alone.length).toBeGreaterThan(1_000);
  expect(beside).toBe(alone);
}, 300_000);

test('wrong input ends with 2, before anything plays', () => {
  write('wrong.yaml', 'mars');
  const wrong = runCli(folder, 'rehearse', 'wrong.yaml', '--json');
  expect([wrong.status, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain('wrong.yaml:10: expect.0.active.is: mars is not a region');
  const nothing = runCli(folder, 'rehearse');
  expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining('--soak')]);
}, 240_000);

const wrongInputs: readonly (readonly [
  what: string,
  steps: string,
  expected: string,
  told: RegExp,
])[] = [
  ['an unknown step', 'pusch: {}', 'always: true', /wrong\.yaml:7: .*pusch.*did you mean push/s],
  [
    'an unknown region',
    'fault: { kind: region-down, region: mars }',
    'always: true',
    /wrong\.yaml:7: .*mars is not a region.*us-east-2/s,
  ],
  [
    'an unknown application',
    'push: { app: shop, tag: 1.0.0 }',
    'always: true',
    /:7: .*storefront/s,
  ],
  [
    'a fault in a function that there is not',
    'fault: { kind: function-kill, region: us-east-1, function: failover }',
    'always: true',
    /:7: .*no function failover.*fail-over-region/s,
  ],
  [
    'a metric that moves no alarm',
    'metric: { region: us-east-1, alarm: lag, isBad: true }',
    'always: true',
    /:7: .*no alarm lag.*orders-replica-lag/s,
  ],
  [
    'a command that there is not',
    'command: failover jump storefront',
    'always: true',
    /:7: .*failover jump.*failover run/s,
  ],
  ['an expectation after the end', 'heal: all', 'at: 11s', /:9: .*after the end.*longer/s],
  [
    'an expectation in a window that is empty',
    'heal: all',
    'after: 9s\n    until: 2s\n    always: true',
    /:10: .*nothing is between/s,
  ],
  [
    'an expectation of a service that is never called',
    'heal: all',
    'never: true\n    calls: { service: route 53 }',
    /:10: .*no service route 53.*route53/s,
  ],
  [
    'an expectation of an unknown region',
    'heal: all',
    'atEnd: true\n    deadLetters: { region: mars, is: 0 }',
    /:10: .*mars/s,
  ],
  [
    'an expectation of an image that nobody pushes',
    'heal: all',
    'atEnd: true\n    digest: { app: storefront, region: us-east-1, tag: 9.9.9 }',
    /:10: .*no step pushes 9\.9\.9/s,
  ],
];

test.each(wrongInputs)('%s ends with 2, its line and a remedy', (_what, step, expected, told) => {
  const head = `version: 1\nproves: something worth knowing\nfleet: ${fleet}\nfor: 10s\n`;
  const subjects = ['calls', 'deadLetters', 'digest'];
  const isWhole = subjects.some((subject) => expected.includes(`${subject}:`));
  const subject = isWhole ? '' : '\n    active: { app: storefront, is: us-east-1 }';
  const text = `${head}steps:\n  - at: 1s\n    ${step}\nexpect:\n  - ${expected}${subject}\n`;
  writeFileSync(path.join(folder, 'wrong.yaml'), text);
  const { status, stdout, stderr } = runCli(folder, 'rehearse', 'wrong.yaml');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(told);
});

test('a scenario without expectations ends with 2, its line and a remedy', () => {
  const head = `version: 1\nproves: something worth knowing\nfleet: ${fleet}\nfor: 10s\n`;
  writeFileSync(path.join(folder, 'empty.yaml'), `${head}steps: []\nexpect: []\n`);
  const { status, stderr } = runCli(folder, 'rehearse', 'empty.yaml');
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/empty\.yaml:6: expect.*at least 1/s),
  ]);
  writeFileSync(path.join(folder, 'none.yaml'), `${head}steps: []\n`);
  const none = runCli(folder, 'rehearse', 'none.yaml');
  expect([none.status, none.stderr]).toEqual([2, expect.stringMatching(/expect.*\n?.*add/s)]);
});
