import { describe, expect, test } from '@jest/globals';
import { copyImage, type CopyRequest } from '../../../core/replication/copy-image.ts';
import { noWatcher } from '../../../core/replication/copy-watcher.ts';
import { noPulse } from '../../../core/replication/heartbeat.ts';
import { FakeImages } from '../fake-images.ts';

const MIB = 1024 * 1024;

/** An image of two layers, and an empty target. */
function copying() {
  const images = new FakeImages(() => undefined);
  const source = images.in('us-east-1');
  const layers = ['a', 'b'].map((name) => source.addBlob(name.repeat(100)));
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const config = source.addBlob('config', 'application/vnd.oci.image.config.v1+json');
  const root = source.addManifest({ schemaVersion: 2, mediaType, config, layers }, 'v1');
  const placeIn = (region: string) => ({
    name: region,
    registry: images.in(region),
    repository: 'shop/web',
  });
  const clock = { at: 0, step: 0, nowMs: () => (clock.at += clock.step) };
  const copyTo = (regions: readonly string[], options: Partial<CopyRequest>) =>
    copyImage({
      source: placeIn('us-east-1'),
      digest: root.digest,
      sourceTag: 'v1',
      targets: regions.map((region) => ({ ...placeIn(region), tag: 'v1' })),
      clock,
      pulse: noPulse,
      ...options,
    });
  const copy = (stopAtMs: number) => copyTo(['us-west-2'], { stopAtMs });
  return { copy, copyTo, clock, images, source, target: images.in('us-west-2') };
}

describe('a copy whose time is up', () => {
  test('stops before it begins anything, and is no failure', async () => {
    const { copy, clock, target } = copying();
    clock.at = 1_000;
    expect(await copy(1_000)).toMatchObject({ done: [], failed: [], stopped: ['us-west-2'] });
    expect(target.blobs.size).toBe(0);
    expect(target.tagged.size).toBe(0);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('shows no tag when it stops at look %d', async (look) => {
    const { copy, clock, target } = copying();
    clock.step = 1;
    expect(await copy(look)).toMatchObject({ done: [], failed: [], stopped: ['us-west-2'] });
    expect(target.tagged.size).toBe(0);
  });

  test('is finished by the next run', async () => {
    const { copy, clock, target } = copying();
    clock.at = 1_000;
    await copy(1_000);
    expect(await copy(2_000)).toMatchObject({ done: ['us-west-2'], failed: [], stopped: [] });
    expect(target.tagged.has('v1')).toBe(true);
  });
});

describe('a target that loses layers before their manifest is written', () => {
  test('gets them again', async () => {
    const { copy, target } = copying();
    let losses = 1;
    target.beforePut = () => {
      if (losses > 0) target.blobs.delete([...target.blobs.keys()][0] ?? '');
      losses -= 1;
    };
    expect(await copy(1_000)).toMatchObject({ done: ['us-west-2'], failed: [] });
    expect(target.tagged.has('v1')).toBe(true);
  });

  test('fails when it does so again and again, and shows no tag', async () => {
    const { copy, target } = copying();
    target.beforePut = () => {
      target.blobs.clear();
    };
    const copied = await copy(1_000);
    expect(copied).toMatchObject({ done: [], failed: [{ region: 'us-west-2' }] });
    expect(target.tagged.size).toBe(0);
  });
});

test('a target that lags is finished later, and the others do not wait for it', async () => {
  const { copyTo, clock, images, source } = copying();
  const pieces = 30;
  source.readBlob = async function* (_repository, _blob, from) {
    for (let at = (from ?? 0) / MIB; at < pieces; at += 1) {
      yield await Promise.resolve(new Uint8Array(MIB));
    }
  };
  const received = new Map<string, number>();
  for (const region of ['slow', 'one', 'other']) {
    const registry = images.in(region);
    registry.writeBlob = async (_repository, { digest }, open) => {
      let count = 0;
      for await (const piece of open(0)) {
        count += piece.length / MIB;
        if (region !== 'slow') continue;
        // Everybody else takes what there is while this one takes a second for a piece.
        await new Promise((resolve) => setTimeout(resolve));
        clock.at += 1_000;
      }
      received.set(`${region} ${digest}`, count);
      registry.blobs.set(digest, new Uint8Array());
    };
  }
  const told: string[] = [];
  const copied = await copyTo(['slow', 'one', 'other'], {
    watcher: {
      ...noWatcher,
      fellBehind: (target) => told.push(`${target} fell behind`),
      finished: (target) => told.push(`${target} finished`),
    },
  });
  expect(copied).toMatchObject({ failed: [], stopped: [] });
  expect([...new Set(received.values())]).toEqual([pieces]);
  expect(told[0]).toBe('slow fell behind');
  expect(told.slice(-3)).toEqual(['one finished', 'other finished', 'slow finished']);
});

describe('the tag of the source', () => {
  const targets = ['us-west-2', 'eu-west-1'];
  const looks = (reads: readonly string[]) => reads.filter((read) => read === 'manifest v1');

  test('is looked at once for all targets, when the layers were sent', async () => {
    const { copyTo, source } = copying();
    expect(await copyTo(targets, {})).toMatchObject({ done: targets });
    expect(looks(source.reads)).toHaveLength(1);
  });

  test('is looked at again when a registry took long for its last answer', async () => {
    const { copyTo, clock, source } = copying();
    clock.step = 3_000;
    expect(await copyTo(targets, {})).toMatchObject({ done: targets });
    expect(looks(source.reads)).toHaveLength(3);
  });

  test('is written nowhere when it was moved during the copy', async () => {
    const { copyTo, images, source } = copying();
    const sent = () => {
      source.addImage('another', 'v1');
    };
    const watcher = { ...noWatcher, sent };
    const cause = expect.stringContaining('the tag v1 was moved in us-east-1 during the copy');
    expect(await copyTo(targets, { watcher })).toMatchObject({
      done: [],
      failed: targets.map((region) => ({ region, cause })),
    });
    for (const region of targets) expect(images.in(region).tagged.size).toBe(0);
  });
});
