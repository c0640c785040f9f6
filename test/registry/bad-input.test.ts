import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault, FaultRule } from './fault-proxy.ts';
import { pushShape } from './real-shapes.ts';
import { type LabRegistry, RegistryLab, REPOSITORY } from './registry-lab.ts';
import { logIn, startImages } from './run-images.ts';

let lab: RegistryLab;
let folder: string;
let source: LabRegistry;
let targets: readonly LabRegistry[];

beforeEach(async () => {
  lab = new RegistryLab();
  folder = mkdtempSync(path.join(tmpdir(), 'farshore-images-'));
  source = await lab.registry();
  targets = [await lab.registry(), await lab.registry()];
  pushShape(lab.model, source.content, 'zstd layers', 'v1');
});

afterEach(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

const answer = (status: number, body: string): Fault => ({ kind: 'answer', status, body });
const denied = answer(401, '{"errors":[{"code":"UNAUTHORIZED","message":"bad password"}]}');

/** Copies from a source with faults to two sound targets. */
async function copyFrom(rule: FaultRule, image = `${REPOSITORY}:v1`) {
  const host = await lab.faultsBefore(source.host, rule);
  return copy(`${host}/${image}`, [host]);
}

async function copy(from: string, hosts: readonly string[]) {
  const to = targets.map((target) => target.host);
  logIn(folder, [...hosts, ...to]);
  const started = startImages(folder, ['copy', from, ...to.map((each) => `${each}/${REPOSITORY}`)]);
  return { status: await started.ended, ...started.said };
}

/** One line with its cause and what to do, an exit code by its kind, and nothing visible. */
function expectRefusal(
  { status, stdout, stderr }: Awaited<ReturnType<typeof copy>>,
  expected: { readonly status: number; readonly said: readonly RegExp[] },
): void {
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  for (const said of expected.said) expect(stderr).toMatch(said);
  expect({ status, stdout }).toEqual({ status: expected.status, stdout: '' });
  for (const { content } of targets) {
    expect(content.tags.size).toBe(0);
    expect(content.images.size).toBe(0);
  }
}

describe('a copy ends with one line and shows nothing', () => {
  test('of a registry that is not there', async () => {
    expectRefusal(await copy(`localhost:1/${REPOSITORY}:v1`, []), {
      status: 5,
      said: [/localhost:1: nothing listens there/, /check the address/],
    });
  });

  test('with wrong credentials', async () => {
    expectRefusal(await copyFrom(() => denied), {
      status: 4,
      said: [/401 UNAUTHORIZED: bad password/, /`docker login`/],
    });
  });

  test('of a tag that is not there', async () => {
    expectRefusal(await copyFrom(() => undefined, `${REPOSITORY}:v9`), {
      status: 2,
      said: [/has no image v9/, /farshore images list/],
    });
  });

  test('of a repository that is not there', async () => {
    const { status, stderr } = await copyFrom(() => undefined, 'team/other:v1');
    expect(status).toBe(2);
    expect(stderr).toMatch(/team\/other/);
  });

  test('of a name that is none', async () => {
    expectRefusal(await copy('localhost:1/Team/App:v1', []), {
      status: 2,
      said: [/is no image/, /lower case/],
    });
  });

  test('of a manifest above the limit', async () => {
    const large = answer(200, ' '.repeat(5 * 1024 * 1024));
    const rule: FaultRule = ({ path: url }) => (url.includes('/manifests/') ? large : undefined);
    expectRefusal(await copyFrom(rule), { status: 1, said: [/4 MiB|larger than/] });
  });

  test('of a layer that is not what its digest says', async () => {
    const rule: FaultRule = ({ method, path: url }) => {
      const size = [...source.content.blobs].find(([digest]) => url.endsWith(digest))?.[1];
      const isLayer = method === 'GET' && size !== undefined;
      return isLayer ? answer(200, 'x'.repeat(size)) : undefined;
    };
    const copied = await copyFrom(rule);
    expect(copied.status).toBe(1);
    // One line for each target, as each of them is told apart.
    const lines = copied.stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(targets.length);
    for (const line of lines)
      expect(line).toMatch(/other content than the digest says; push it there again/);
    for (const { content } of targets) expect(content.tags.size + content.images.size).toBe(0);
  });

  test('of a manifest that is not what its digest says', async () => {
    const rule: FaultRule = ({ path: url }) =>
      url.includes('/manifests/') ? answer(200, '{}') : undefined;
    const digest = `sha256:${createHash('sha256').update('x').digest('hex')}`;
    expectRefusal(await copyFrom(rule, `${REPOSITORY}@${digest}`), {
      status: 1,
      said: [/the source sent another manifest/, /push it/],
    });
  });
});

test('a target with wrong credentials is told, and the other one gets the image', async () => {
  const [broken, sound] = targets;
  const host = await lab.faultsBefore(broken?.host ?? '', () => denied);
  logIn(folder, [source.host, host, sound?.host ?? '']);
  const started = startImages(folder, [
    ...['copy', `${source.host}/${REPOSITORY}:v1`],
    ...[`${host}/${REPOSITORY}`, `${sound?.host ?? ''}/${REPOSITORY}`],
  ]);
  expect(await started.ended).toBe(4);
  expect(started.said.stderr.trimEnd()).toMatch(/^[^\n]*401[^\n]*`docker login`[^\n]*$/);
  expect(sound?.content.tags.has('v1')).toBe(true);
  expect(broken?.content.tags.size).toBe(0);
});

test('progress comes as one JSON object a line, with the sum of each target at the end', async () => {
  logIn(folder, [source.host, ...targets.map(({ host }) => host)]);
  const to = targets.map(({ host }) => `${host}/${REPOSITORY}:v1`);
  const started = startImages(folder, ['copy', '--json', `${source.host}/${REPOSITORY}:v1`, ...to]);
  expect(await started.ended).toBe(0);
  const lines = started.said.stdout.trimEnd().split('\n');
  const last = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
  expect(last).toMatchObject({
    schemaVersion: 1,
    kind: 'copied',
    targets: targets.map(({ host }) => ({ target: `${host}/${REPOSITORY}`, state: 'done' })),
  });
});
