import { describe, expect, test } from '@jest/globals';
import type { FakeRegistry } from '../fake-images.ts';
import { home, Library, ociManifest, pushOf, pushRich, targets } from './library.ts';

const GIB = 1024 ** 3;

/** An image whose one layer says that it is as large as that. */
function pushLarge(registry: FakeRegistry, tag: string, bytes: number) {
  const config = registry.addBlob('config');
  const layer = { ...registry.addBlob('layer'), size: bytes };
  return registry.addManifest(
    { schemaVersion: 2, mediaType: ociManifest, config, layers: [layer] },
    tag,
  );
}

describe('a copy that takes longer than its function may run', () => {
  test('goes on in the next one, and nobody is told of a failure', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    library.time = { tickMs: 50, runMs: 91_500 };
    await library.take(pushOf(root.digest, '1.0.0'));
    expect(library.target.tagged.has('1.0.0')).toBe(false);
    const { nowMs, wakes } = library.cloud;
    expect(wakes).toMatchObject([{ message: { subject: `1.0.0@${root.digest}` } }]);
    expect(wakes[0]?.atMs).toBeLessThanOrEqual(nowMs);

    library.time = undefined;
    expect(await library.wake(wakes.splice(0)[0]?.message)).toEqual(['copy IMAGE_MISSING']);
    for (const region of targets) {
      expect(library.cloud.images.in(region).manifests.size).toBe(library.home.manifests.size);
    }
    expect(library.announced).toHaveLength(1);
    expect(library.cloud.notices).toEqual([]);
    expect((await library.record(root.digest))?.failures).toBe(0);
  });
});

describe('a large image', () => {
  test('gets a message for each target, and the last one announces it', async () => {
    const library = new Library();
    const { digest } = pushLarge(library.home, '1.0.0', 3 * GIB);
    expect(await library.take(pushOf(digest, '1.0.0'))).toEqual(['copy IMAGE_MISSING']);
    expect(library.cloud.wakes.map(({ message }) => message)).toMatchObject(
      targets.map((region) => ({ subject: `1.0.0@${digest}>${region}` })),
    );
    expect(library.target.blobs.size).toBe(0);

    const [first, second] = library.cloud.wakes.splice(0);
    await library.take(first?.message ?? {});
    expect(library.target.tagged.has('1.0.0')).toBe(true);
    expect(library.announced).toHaveLength(0);
    await library.take(second?.message ?? {});
    expect(library.announced).toHaveLength(1);
    expect(await library.record(digest)).toMatchObject({ regions: [home, ...targets] });
    expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
  });

  test('is not asked for again by a sweep while its targets are on their way', async () => {
    const library = new Library();
    const { digest } = pushLarge(library.home, '1.0.0', 3 * GIB);
    await library.take(pushOf(digest, '1.0.0'));
    const asked = library.cloud.wakes.length;
    library.cloud.advance(60_000);
    expect(await library.take({ kind: 'wake', app: 'storefront', cause: 'sweep' })).toEqual([
      'none COPIES_ON_THEIR_WAY',
    ]);
    expect(library.cloud.wakes).toHaveLength(asked);
  });

  test('that fails in one target reaches the other, and fails for itself', async () => {
    const library = new Library();
    const { digest } = pushLarge(library.home, '1.0.0', 3 * GIB);
    library.target.blobWrites = 'fail';
    await library.wake(pushOf(digest, '1.0.0'));
    expect(library.cloud.images.in('eu-west-1').tagged.has('1.0.0')).toBe(true);
    library.target.blobWrites = 'work';
    library.cloud.advance(60_000);
    await library.wake();
    expect(library.announced).toHaveLength(1);
  });

  test('is copied at once where only one region lacks it', async () => {
    const library = new Library({ regions: [home, 'us-west-2'] });
    const { digest } = pushLarge(library.home, '1.0.0', 50 * GIB);
    await library.take(pushOf(digest, '1.0.0'));
    expect(library.target.tagged.has('1.0.0')).toBe(true);
  });
});

describe('a region without the repository', () => {
  test('gets one with the settings of the home region, and its key', async () => {
    const key = 'arn:aws:kms:us-west-2:123456789012:key/west';
    const library = new Library({ replication: { kmsKeys: { 'us-west-2': key } } });
    library.home.settings = {
      ...library.home.settings,
      mutability: 'IMMUTABLE',
      encryption: 'KMS',
    };
    library.target.isMissing = true;
    const { digest } = library.home.addImage('one', '1.0.0');
    expect(await library.wake()).toEqual(['repair IMAGES_DRIFTED', 'copy IMAGE_MISSING']);
    expect(library.target.settings).toEqual({ ...library.home.settings, kmsKey: key });
    expect(library.target.tagged.get('1.0.0')?.digest).toBe(digest);
    expect((await library.record(digest))?.failures).toBe(0);
  });

  test('is told of when none may be made, and the others get the image', async () => {
    const library = new Library({ replication: { createRepositories: false, deadline: '0s' } });
    library.target.isMissing = true;
    const { digest } = library.home.addImage('one', '1.0.0');
    await library.wake(pushOf(digest, '1.0.0'));
    expect(library.cloud.images.in('eu-west-1').tagged.has('1.0.0')).toBe(true);
    expect(library.cloud.notices[0]?.text).toContain('no repository shop/storefront in us-west-2');
    library.target.isMissing = false;
    library.cloud.advance(60_000);
    await library.wake();
    expect(library.announced).toHaveLength(1);
  });

  test('gets it again when it is deleted during the copy', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    const { target } = library;
    const put = target.putManifest.bind(target);
    let isDeleted = false;
    target.putManifest = (...args) => {
      if (!isDeleted) {
        isDeleted = true;
        target.isMissing = true;
        target.blobs.clear();
        target.manifests.clear();
      }
      return put(...args);
    };
    expect(await library.take(pushOf(root.digest, '1.0.0'))).toEqual(['copy IMAGE_MISSING']);
    expect(target.manifests.size).toBe(library.home.manifests.size);
    expect(target.tagged.get('1.0.0')?.digest).toBe(root.digest);
  });
});

describe('what changes during a copy', () => {
  test('is planned anew: layers that a registry collected are sent again', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    const { target } = library;
    const put = target.putManifest.bind(target);
    let isCollected = false;
    target.putManifest = (...args) => {
      if (isCollected) return put(...args);
      isCollected = true;
      target.blobs.clear();
      return Promise.resolve('incomplete');
    };
    expect(await library.take(pushOf(root.digest, '1.0.0'))).toEqual(['copy IMAGE_MISSING']);
    expect(target.tagged.get('1.0.0')?.digest).toBe(root.digest);
    expect((await library.record(root.digest))?.failures).toBe(0);
  });

  test('is no failure when the tag was moved: its new image follows', async () => {
    const library = new Library();
    const first = library.home.addImage('first', '1.0.0');
    const { target } = library;
    const write = target.writeBlob.bind(target);
    target.writeBlob = async (...args) => {
      library.home.addImage('second', '1.0.0');
      await write(...args);
    };
    await library.take(pushOf(first.digest, '1.0.0'));
    expect((await library.record(first.digest))?.failures).toBe(0);
    expect(target.tagged.has('1.0.0')).toBe(false);
    await library.wake();
    expect(target.tagged.get('1.0.0')?.digest).toBe(library.home.tagged.get('1.0.0')?.digest);
  });
});

describe('measured', () => {
  test('are the lag of each target, and bytes read, written and skipped', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    const shared = library.target.addBlob('shared base layer');
    library.cloud.advance(7_000);
    await library.take(pushOf(root.digest, '1.0.0'));
    const sum = (metric: string, region: string) =>
      library.cloud.measured
        .filter((each) => each.metric === metric && each.of.region === region)
        .reduce((total, { value }) => total + value, 0);
    const all = [...library.home.blobs.values()].reduce((total, { length }) => total + length, 0);
    expect(sum('lag', 'us-west-2')).toBe(7_000);
    expect(sum('read', home)).toBe(all);
    expect(sum('written', 'eu-west-1')).toBe(all);
    expect(sum('written', 'us-west-2')).toBe(all - shared.size);
    expect(sum('skipped', 'us-west-2')).toBe(shared.size);
  });

  test('are throttled calls and waits of each region, where there were any', async () => {
    const library = new Library();
    const { digest } = library.home.addImage('one', '1.0.0');
    Object.assign(library.cloud.images, {
      takePressure: (region: string) => {
        return region === 'us-west-2' ? { throttles: 3, pacedMs: 250 } : none;
      },
    });
    const none = { throttles: 0, pacedMs: 0 };
    await library.take(pushOf(digest, '1.0.0'));
    const told = library.cloud.measured
      .filter(({ metric }) => metric === 'throttles' || metric === 'paced')
      .map(({ of, metric, value }) => `${of.region} ${metric} ${value}`);
    expect(told).toEqual(['us-west-2 throttles 3', 'us-west-2 paced 250']);
  });

  test('is no lag where an image is only repaired', async () => {
    const library = new Library();
    const { digest } = library.home.addImage('one', '1.0.0');
    await library.take(pushOf(digest, '1.0.0'));
    library.target.tagged.clear();
    library.cloud.advance(3_600_000);
    await library.wake();
    const lags = library.cloud.measured.filter(({ metric }) => metric === 'lag');
    expect(lags).toHaveLength(targets.length);
  });
});
