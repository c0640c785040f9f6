import { describe, expect, test } from '@jest/globals';
import { copyImage } from '../../../core/replication/copy-image.ts';
import { noPulse } from '../../../core/replication/heartbeat.ts';
import { FakeImages } from '../fake-images.ts';

const MIB = 1024 * 1024;

/** An image of two layers above a mebibyte, and an empty target. */
function copying() {
  const images = new FakeImages(() => undefined);
  const source = images.in('us-east-1');
  const layers = ['a', 'b'].map((name) => source.addBlob(name.repeat(MIB + 1)));
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const config = source.addBlob('config', 'application/vnd.oci.image.config.v1+json');
  const root = source.addManifest({ schemaVersion: 2, mediaType, config, layers }, 'v1');
  const placeIn = (region: string) => ({
    name: region,
    registry: images.in(region),
    repository: 'shop/web',
  });
  const clock = { at: 0, step: 0, nowMs: () => (clock.at += clock.step) };
  const copy = (stopAtMs: number) =>
    copyImage({
      source: placeIn('us-east-1'),
      digest: root.digest,
      sourceTag: 'v1',
      targets: [{ ...placeIn('us-west-2'), tag: 'v1' }],
      clock,
      pulse: noPulse,
      stopAtMs,
    });
  return { copy, clock, target: images.in('us-west-2') };
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
