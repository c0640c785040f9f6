import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { copyImage } from '../../core/replication/copy-image.ts';
import { noPulse } from '../../core/replication/heartbeat.ts';
import type { Place } from '../../core/replication/place.ts';
import type { RegistryError } from '../../registry/registry-error.ts';
import type { Fault, FaultRule, ProxiedRequest } from './fault-proxy.ts';
import { graphOf, type LabRegistry, RegistryLab, REPOSITORY } from './registry-lab.ts';

let lab: RegistryLab;

beforeEach(() => {
  lab = new RegistryLab();
});

afterEach(() => lab.close());

const KIB = 1024;
const clock = { nowMs: () => performance.now() };

/** One image with a layer of 300 KiB and some small ones. */
const pushImage = ({ content }: LabRegistry): string =>
  lab.pushImage(content, 'v1', [300 * KIB, 3 * KIB, 0]);

const copy = (source: Place, digest: string, targets: readonly Place[]) =>
  copyImage({
    source,
    digest,
    targets: targets.map((target) => ({ ...target, tag: 'v1' })),
    clock,
    pulse: noPulse,
  });

const answer = (status: number, code: string, headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  status,
  headers,
  body: JSON.stringify({ errors: [{ code, message: 'as the test wants' }] }),
});

const isBlob = ({ method, path }: ProxiedRequest) =>
  method === 'GET' && path.includes('/blobs/sha256');
const isBegin = ({ method, path }: ProxiedRequest) =>
  method === 'POST' && path.endsWith('/blobs/uploads/');
const isUpload = ({ method, path }: ProxiedRequest) =>
  method === 'PUT' && path.includes('/blobs/uploads/');

const firstly =
  (is: (request: ProxiedRequest) => boolean, fault: Fault, times = 1): FaultRule =>
  (request) =>
    is(request) && request.nth < times ? fault : undefined;

describe('a copy converges when the source', () => {
  test.each<readonly [string, FaultRule]>([
    ['answers 429', firstly(isBlob, answer(429, 'TOOMANYREQUESTS'), 3)],
    ['answers 503', firstly(isBlob, answer(503, 'UNAVAILABLE'), 3)],
    ['breaks off in the middle', firstly(isBlob, { kind: 'reset-answer', bytes: 1_000 }, 4)],
    ['stops sending', firstly(isBlob, { kind: 'stall-answer', bytes: 1_000 }, 2)],
    ['hangs up', firstly(isBlob, { kind: 'hang-up' }, 3)],
    [
      'answers 429 for manifests',
      firstly(({ path }) => path.includes('/manifests/'), answer(429, 'TOOMANYREQUESTS'), 3),
    ],
    [
      'gives an address of its store that has expired',
      ({ method, path, nth }) => {
        if (path.startsWith('/expired')) return answer(403, 'AccessDenied');
        const isFirst = method === 'GET' && path.includes('/blobs/sha256') && nth < 2;
        return isFirst
          ? { kind: 'answer', status: 307, headers: { location: '/expired?signature=1' } }
          : undefined;
      },
    ],
  ])('%s', async (_title, rule) => {
    const [source, target] = [await lab.registry(), await lab.registry()];
    const digest = pushImage(source);
    const from = lab.place(await lab.faultsBefore(source.host, rule), { stallMs: 300 });
    expect(await copy(from, digest, [lab.place(target.host)])).toMatchObject({ failed: [] });
    expect(graphOf(target.content)).toEqual(graphOf(source.content));
    expect(from.http.traffic.retries).toBeGreaterThan(0);
  });
});

describe('a copy converges, and the other target is not touched, when a target', () => {
  test.each<readonly [string, 'oci' | 'ecr-quirks', FaultRule]>([
    ['answers 429', 'oci', firstly(isUpload, answer(429, 'TOOMANYREQUESTS'), 3)],
    [
      'throttles with status 400, as ECR does',
      'ecr-quirks',
      firstly(isBegin, answer(400, 'ThrottlingException'), 2),
    ],
    ['answers 500', 'oci', firstly(isUpload, answer(500, 'UNKNOWN'), 3)],
    [
      'breaks off in the middle',
      'oci',
      firstly(isUpload, { kind: 'reset-request', bytes: 900 }, 3),
    ],
    [
      'breaks off in the middle and does not tell where, as ECR',
      'ecr-quirks',
      firstly(isUpload, { kind: 'reset-request', bytes: 900 }, 3),
    ],
    ['hangs up when an upload begins', 'ecr-quirks', firstly(isBegin, { kind: 'hang-up' }, 2)],
    ['answers 416', 'oci', firstly(isUpload, answer(416, 'BLOB_UPLOAD_INVALID'), 2)],
    ['has lost the session', 'oci', firstly(isUpload, answer(404, 'BLOB_UPLOAD_UNKNOWN'), 2)],
    ['takes only chunks', 'oci', firstly(isUpload, answer(413, 'SIZE_INVALID'), 4)],
    [
      'takes only chunks, as ECR does',
      'ecr-quirks',
      firstly(isUpload, answer(413, 'SIZE_INVALID'), 4),
    ],
    [
      'is slow',
      'oci',
      ({ method }) => (method === 'PUT' ? { kind: 'slow', bytesPerMs: 3_000 } : undefined),
    ],
    [
      'answers 503 to the manifest',
      'oci',
      firstly(
        ({ method, path }) => method === 'PUT' && path.includes('/manifests/'),
        answer(503, 'X'),
        2,
      ),
    ],
  ])('%s', async (_title, profile, rule) => {
    const [source, broken, sound] = [
      await lab.registry(),
      await lab.registry(profile),
      await lab.registry(),
    ];
    const digest = pushImage(source);
    const from = lab.place(source.host);
    const to = lab.place(await lab.faultsBefore(broken.host, rule));
    const other = lab.place(sound.host);
    expect(await copy(from, digest, [to, other])).toMatchObject({ failed: [] });
    for (const { content } of [broken, sound]) {
      expect(graphOf(content)).toEqual(graphOf(source.content));
    }
    expect(other.http.traffic.retries).toBe(0);
  });
});

test('waits as long as the registry asks for', async () => {
  const [source, target] = [await lab.registry(), await lab.registry()];
  const digest = pushImage(source);
  const rule = firstly(isBegin, answer(429, 'TOOMANYREQUESTS', { 'retry-after': '7' }));
  const waits: number[] = [];
  const to = lab.place(await lab.faultsBefore(target.host, rule), { waits });
  await copy(lab.place(source.host), digest, [to]);
  expect(waits).toEqual([7_000]);
  expect(to.http.traffic).toMatchObject({ retries: 1, throttles: 1 });
});

test('goes on where an upload broke, without the bytes that arrived', async () => {
  const [source, target] = [await lab.registry(), await lab.registry()];
  const digest = pushImage(source);
  const rule: FaultRule = (request) =>
    isUpload(request) && request.nth < 1 ? { kind: 'reset-request', bytes: 200 * KIB } : undefined;
  const to = lab.place(await lab.faultsBefore(target.host, rule));
  const from = lab.place(source.host);
  // The largest layer alone, so that the first upload is its.
  await from.registry.manifest(REPOSITORY, digest);
  const blob = { digest: '', size: 300 * KIB, mediaType: 'x' };
  for (const [known, size] of source.content.blobs) if (size === blob.size) blob.digest = known;
  const openings: number[] = [];
  await to.registry.writeBlob(REPOSITORY, blob, (start) => {
    openings.push(start);
    return from.registry.readBlob(REPOSITORY, blob, start);
  });
  expect(openings[0]).toBe(0);
  expect(openings.at(-1)).toBeGreaterThanOrEqual(100 * KIB);
  expect(target.content.blobs.has(blob.digest)).toBe(true);
});

describe('a failure that stays', () => {
  test.each<readonly [string, FaultRule, Partial<RegistryError>]>([
    ['wrong credentials', () => answer(401, 'UNAUTHORIZED'), { failure: 'permission' }],
    [
      'a permission that is missing',
      firstly(isBegin, answer(403, 'DENIED'), 99),
      { failure: 'permission' },
    ],
    [
      'endless throttling',
      firstly(isBegin, answer(429, 'TOOMANYREQUESTS'), 999),
      { failure: 'throttled' },
    ],
    [
      'an upload that always hangs up',
      firstly(isBegin, { kind: 'hang-up' }, 999),
      { failure: 'unreachable' },
    ],
    [
      'a repository that is missing',
      firstly(isBegin, answer(404, 'NAME_UNKNOWN'), 999),
      { failure: 'not-found' },
    ],
  ])('of one target, %s, is told in one line and holds up nobody', async (_title, rule, error) => {
    const [source, broken, sound] = [
      await lab.registry(),
      await lab.registry(),
      await lab.registry(),
    ];
    const digest = pushImage(source);
    const to = lab.place(await lab.faultsBefore(broken.host, rule));
    const copied = await copy(lab.place(source.host), digest, [to, lab.place(sound.host)]);
    if ('refused' in copied) throw new Error(copied.refused);
    expect(copied.done).toEqual([sound.host]);
    expect(copied.failed).toHaveLength(1);
    expect(copied.failed[0]?.error).toMatchObject(error);
    expect(copied.failed[0]?.cause).not.toContain('\n');
    expect(broken.content.tags.size).toBe(0);
    expect(graphOf(sound.content)).toEqual(graphOf(source.content));
  });

  test('of the source, a layer that is not what its digest says, shows no tag anywhere', async () => {
    const [source, target] = [await lab.registry(), await lab.registry()];
    const digest = pushImage(source);
    const rule: FaultRule = (request) =>
      isBlob(request) ? { kind: 'answer', status: 200, body: 'x'.repeat(3 * KIB) } : undefined;
    const from = lab.place(await lab.faultsBefore(source.host, rule));
    const copied = await copy(from, digest, [lab.place(target.host)]);
    expect(copied).toMatchObject({ done: [] });
    expect(target.content.tags.size).toBe(0);
    expect(target.content.images.size).toBe(0);
  });

  test('of the source, a manifest that is not what its digest says, is refused', async () => {
    const [source, target] = [await lab.registry(), await lab.registry()];
    const digest = pushImage(source);
    const rule: FaultRule = ({ path }) =>
      path.includes('/manifests/sha256:') ? { kind: 'answer', status: 200, body: '{}' } : undefined;
    const from = lab.place(await lab.faultsBefore(source.host, rule));
    await expect(copy(from, digest, [lab.place(target.host)])).rejects.toThrow('another manifest');
    expect(target.content.images.size).toBe(0);
  });

  test('of the source, a manifest above the limit, is refused', async () => {
    const source = await lab.registry();
    const digest = pushImage(source);
    const rule: FaultRule = ({ path }) =>
      path.includes('/manifests/')
        ? { kind: 'answer', status: 200, body: ' '.repeat(5 * 1024 * KIB) }
        : undefined;
    const from = lab.place(await lab.faultsBefore(source.host, rule));
    await expect(from.registry.manifest(REPOSITORY, digest)).rejects.toThrow(/larger than|4 MiB/);
  });
});

test('the referrers tag of older registries is copied where the API is missing', async () => {
  const source = await lab.registry();
  pushImage(source);
  const rule: FaultRule = ({ path }) =>
    path.includes('/referrers/') ? answer(404, 'UNSUPPORTED') : undefined;
  const { registry } = lab.place(await lab.faultsBefore(source.host, rule));
  const [digest = ''] = source.content.images.keys();
  expect(await registry.referrers(REPOSITORY, digest)).toEqual([]);
});

test('lists tags over all pages', async () => {
  const source = await lab.registry('ecr-quirks');
  const digest = pushImage(source);
  const image = source.content.images.get(digest);
  if (image === undefined) throw new Error('not pushed');
  for (let at = 0; at < 1_100; at += 1) source.content.tag(`t${at}`, image);
  const { registry } = lab.place(source.host);
  expect(await registry.tagNames(REPOSITORY)).toHaveLength(1_101);
});
