import { describe, expect, test } from '@jest/globals';
import { runControlLoop } from '../../../core/control-loop.ts';
import { replicationLoop } from '../../../core/replication/replication-loop.ts';
import { fleetSchema } from '../../../core/contract/fleet.ts';
import { FakeCloud } from '../fake-ports.ts';
import { attach, home, Library, pushOf, pushRich, sweep } from './library.ts';

const repaired = ['repair IMAGES_DRIFTED', 'copy IMAGE_MISSING'];

describe('tags', () => {
  test('that are included travel besides those that are rolled out, excluded ones never', async () => {
    const library = new Library({
      replication: {
        include: [{ glob: 'debug-*' }, { regex: 'nightly-(\\d+)', order: 'numerical' }],
        exclude: [{ semver: '>=1.0.0-0 <1.0.0', prerelease: true }, { glob: '*-arm' }],
      },
      image: { repository: 'shop/storefront', tags: { semver: '>=1.0.0-0', prerelease: true } },
    });
    for (const tag of ['1.0.0', '1.0.0-rc.1', 'debug-1', 'debug-1-arm', 'nightly-7', 'pr-1']) {
      library.home.addImage(tag, tag);
    }
    await library.wake();
    expect([...library.target.tagged.keys()].sort()).toEqual(['1.0.0', 'debug-1', 'nightly-7']);
    expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
    const excluded = library.home.tagged.get('debug-1-arm')?.digest ?? '';
    expect(await library.wake(pushOf(excluded, 'debug-1-arm'))).toEqual(['none TAG_NOT_MATCHED']);
  });
});

describe('referrers', () => {
  test('stay at home when they are skipped, and are not missed', async () => {
    const library = new Library({ replication: { referrers: 'skip' } });
    const { root, signature, cosign } = pushRich(library.home, '1.0.0');
    await library.wake(pushOf(root.digest, '1.0.0'));
    expect(library.target.tagged.get('1.0.0')?.digest).toBe(root.digest);
    for (const { digest } of [signature, cosign]) {
      expect(library.target.manifests.has(digest)).toBe(false);
    }
    expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
  });

  test('are waited for when they are required', async () => {
    const library = new Library({ replication: { referrers: 'required' } });
    const image = library.home.addImage('one', '1.0.0');
    expect(await library.wake(pushOf(image.digest, '1.0.0'))).toEqual(['none REFERRER_AWAITED']);
    expect(await library.wake()).toEqual(['none NO_MATCHING_TAG']);
    const signature = attach(library.home, image, 'signature');
    expect(await library.wake()).toEqual(repaired);
    expect(library.target.tagged.has('1.0.0')).toBe(true);
    expect(library.target.manifests.has(signature.digest)).toBe(true);
  });
});

describe('a tag that names another image in a region', () => {
  const conflicting = (replication: object, isImmutable: boolean) => {
    const library = new Library({ replication });
    const other = library.target.addImage('another', '1.0.0');
    if (isImmutable) library.target.immutableTags.add('1.0.0');
    return { library, other, image: library.home.addImage('one', '1.0.0') };
  };

  test.each([
    ['push-untagged', true],
    ['suffix', true],
    ['push-untagged', false],
    ['suffix', false],
  ] as const)(
    'keeps it with %s (immutable: %s), the image is there, people know',
    async (on, is) => {
      const policy = { onImmutableConflict: on, overwrite: is };
      const { library, other, image } = conflicting(policy, is);
      await library.wake(pushOf(image.digest, '1.0.0'));
      expect(library.target.tagged.get('1.0.0')?.digest).toBe(other.digest);
      expect(library.target.manifests.has(image.digest)).toBe(true);
      const suffixed = `1.0.0-${image.digest.slice(7, 19)}`;
      expect(library.target.tagged.get(suffixed)?.digest).toBe(
        on === 'suffix' ? image.digest : undefined,
      );
      expect(library.cloud.images.in('eu-west-1').tagged.get('1.0.0')?.digest).toBe(image.digest);
      expect(library.announced).toHaveLength(1);
      expect(library.cloud.notices.map(({ kind }) => kind)).toEqual(['replication-tag-taken']);
      expect(library.deadLetters).toEqual([]);

      expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
      library.target.manifests.delete(image.digest);
      library.target.tagged.delete(suffixed);
      expect(await library.wake()).toEqual(repaired);
      expect(library.target.manifests.has(image.digest)).toBe(true);
    },
  );

  test.each(['30m', '0s'])(
    'is told although another region fails (deadline %s)',
    async (deadline) => {
      const policy = { onImmutableConflict: 'push-untagged', deadline };
      const { library, image } = conflicting(policy, true);
      library.cloud.images.in('eu-west-1').blobWrites = 'fail';
      await library.wake(pushOf(image.digest, '1.0.0'));
      expect(library.cloud.notices.map(({ kind }) => kind)).toEqual([
        deadline === '0s' ? 'replication-failed' : 'replication-tag-taken',
      ]);
      expect(library.cloud.notices[0]?.text).toContain('names another image in us-west-2');
    },
  );

  test('is moved where it is mutable and overwriting is allowed', async () => {
    const { library, image } = conflicting({}, false);
    await library.wake(pushOf(image.digest, '1.0.0'));
    expect(library.target.tagged.get('1.0.0')?.digest).toBe(image.digest);
    expect(library.cloud.notices).toEqual([]);
  });

  test('is never moved, and told, when overwriting is not allowed', async () => {
    const { library, other, image } = conflicting({ overwrite: false }, false);
    await library.wake(pushOf(image.digest, '1.0.0'));
    expect(library.target.tagged.get('1.0.0')?.digest).toBe(other.digest);
    expect(library.cloud.notices.map(({ kind }) => kind)).toEqual(['replication-failed']);
    expect(library.deadLetters).toHaveLength(1);
  });
});

describe('a two-way fleet', () => {
  const west = 'us-west-2';
  const application = (at: string) => ({
    regions: [home, west],
    home: at,
    services: { web: { cluster: 'shop', service: 'web', container: 'web' } },
    image: { repository: 'shop/storefront', tags: { glob: '*' } },
  });
  const fleet = fleetSchema.parse({
    version: 1,
    name: 'shop',
    regions: { [home]: { role: 'workload' }, [west]: { role: 'workload' } },
    applications: { east: application(home), west: application(west) },
  });

  test('does not send back what it brought, so two moves of one tag do not chase each other', async () => {
    const cloud = new FakeCloud();
    const take = async (region: string, raw: object) => {
      const ports = cloud.ports(region);
      await runControlLoop(replicationLoop(fleet, ports), raw, ports);
      for (const { message } of cloud.wakes.splice(0)) {
        await runControlLoop(replicationLoop(fleet, ports), message, ports);
      }
    };
    const old = cloud.images.in(home).addImage('old', 'stable');
    await take(home, pushOf(old.digest, 'stable'));
    const moved = cloud.images.in(home).addImage('moved', 'stable');
    // The news of the first copy's arrival comes only now.
    await take(west, pushOf(old.digest, 'stable', west));
    await take(west, { ...sweep, app: 'west' });
    expect(cloud.images.in(home).tagged.get('stable')?.digest).toBe(moved.digest);
    await take(home, pushOf(moved.digest, 'stable'));
    for (const region of [home, west]) {
      expect(cloud.images.in(region).tagged.get('stable')?.digest).toBe(moved.digest);
    }
  });

  test('sends each home what was pushed to the other', async () => {
    const cloud = new FakeCloud();
    for (const [region, name] of [
      [home, 'one'],
      [west, 'two'],
    ] as const) {
      const { digest } = cloud.images.in(region).addImage(name, name);
      const ports = cloud.ports(region);
      const push = pushOf(digest, name, region);
      await runControlLoop(replicationLoop(fleet, ports), push, ports);
    }
    for (const region of [home, west]) {
      expect([...cloud.images.in(region).tagged.keys()].sort()).toEqual(['one', 'two']);
    }
  });
});
