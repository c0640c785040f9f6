import { describe, expect, test } from '@jest/globals';
import { replicationLoop } from '../../../core/replication/replication-loop.ts';
import { attach, home, Library, pushOf, pushRich, targets } from './library.ts';

describe('a pushed image', () => {
  test('reaches every region whole, with all that belongs to it, and is announced once', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    expect(await library.wake(pushOf(root.digest, '1.0.0'))).toEqual(['copy IMAGE_MISSING']);
    for (const region of targets) {
      const registry = library.cloud.images.in(region);
      expect([...registry.manifests.keys()].sort()).toEqual(
        [...library.home.manifests.keys()].sort(),
      );
      expect([...registry.blobs.keys()].sort()).toEqual([...library.home.blobs.keys()].sort());
      expect([...registry.tagged.keys()].sort()).toEqual([...library.home.tagged.keys()].sort());
      expect(library.writes(region).at(-1)).toBe(`manifest ${region} ${root.digest} 1.0.0`);
    }
    const regions = [home, ...targets];
    const detail = { app: 'storefront', repository: 'shop/storefront', digest: root.digest };
    expect(library.cloud.published).toEqual([
      ...targets.map((region) => ({
        detailType: 'Image Arrived',
        detail: { ...detail, tag: '1.0.0', region, lagMs: 0 },
      })),
      { detailType: 'Image Replicated', detail: { ...detail, tag: '1.0.0', regions } },
    ]);
    expect(await library.record(root.digest)).toMatchObject({ regions, announced: ['1.0.0'] });
    expect(await library.wake(pushOf(root.digest, '1.0.0'))).toEqual(['none ALREADY_REPLICATED']);
    expect(library.announced).toHaveLength(1);
    expect(library.cloud.notices).toEqual([]);
  });

  test('is read once, however many targets lack it', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    await library.wake(pushOf(root.digest, '1.0.0'));
    const reads = library.home.reads.filter((read) => read.startsWith('blob '));
    expect(new Set(reads).size).toBe(reads.length);
    expect(reads).toHaveLength(library.home.blobs.size);
  });

  test('costs no layer that a target already holds', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    for (const region of targets) library.cloud.images.in(region).addBlob('shared base layer');
    await library.wake(pushOf(root.digest, '1.0.0'));
    const shared = library.home.addBlob('shared base layer');
    expect(library.home.reads).not.toContain(`blob ${shared.digest}`);
  });

  test('is announced although there is no other region', async () => {
    const library = new Library({ regions: [home] });
    library.home.addImage('one', '1.0.0');
    expect(await library.wake()).toEqual(['repair IMAGES_DRIFTED', 'copy NOT_ANNOUNCED']);
    expect(library.announced).toHaveLength(1);
    expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
  });
});

describe('nothing is copied', () => {
  test.each<[string, (library: Library) => Promise<string[]>, string[]]>([
    [
      'for a tag outside the policy',
      (library) => library.wake(pushOf(library.home.addImage('x', 'pr-12').digest, 'pr-12')),
      ['none TAG_NOT_MATCHED'],
    ],
    [
      'for a child of an index',
      (library) => library.wake(pushOf(library.home.addImage('x').digest)),
      ['none UNTAGGED_CHILD'],
    ],
    [
      'for a signature of an image that is not ours',
      (library) => {
        const image = library.home.addImage('x', 'pr-12');
        return library.wake(pushOf(attach(library.home, image, 'signature').digest));
      },
      ['none SUBJECT_NOT_REPLICATED'],
    ],
    [
      'for a tag that moved on before the event came',
      (library) => {
        const first = library.home.addImage('first', '1.0.0');
        library.home.addImage('second', '1.0.0');
        return library.wake(pushOf(first.digest, '1.0.0'));
      },
      ['none TAG_MOVED'],
    ],
    ['when no tag matches', (library) => library.wake(), ['none NO_MATCHING_TAG']],
    [
      'in a region that is not home',
      (library) =>
        library.wake(pushOf(library.home.addImage('x', '1.0.0').digest, '1.0.0'), 'us-west-2'),
      [],
    ],
    [
      'for the push that a copy makes in its target',
      (library) => library.wake(pushOf(`sha256:${'0'.repeat(64)}`, '1.0.0', 'us-west-2')),
      [],
    ],
  ])('%s', async (_title, wake, expected) => {
    const library = new Library();
    expect(await wake(library)).toEqual(expected);
    expect(library.writes('us-west-2')).toEqual([]);
  });
});

describe('a signature that comes after its image', () => {
  test.each(['subject', 'tag'])(
    'follows it, found by %s, without another announcement',
    async (by) => {
      const library = new Library();
      const image = library.home.addImage('one', '1.0.0');
      await library.wake();
      const tag = by === 'tag' ? `${image.digest.replace(':', '-')}.sig` : undefined;
      const signature =
        tag === undefined
          ? attach(library.home, image, 'signature')
          : library.home.addImage('signature', tag);
      expect(await library.wake(pushOf(signature.digest, tag))).toEqual([
        'copy ATTACHMENTS_MISSING',
      ]);
      expect(library.target.manifests.has(signature.digest)).toBe(true);
      if (tag !== undefined) expect(library.target.tagged.has(tag)).toBe(true);
      expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
      expect(library.announced).toHaveLength(1);
    },
  );
});

describe('a copy that fails', () => {
  test('in one region leaves the others whole, waits longer each time, and is told once', async () => {
    const library = new Library({ replication: { deadline: '30m' } });
    library.home.addImage('one', '1.0.0');
    library.target.failure = new Error('ECR gives no answer');
    let toldAtMinute: number | undefined;
    for (let minute = 0; minute < 90; minute += 1) {
      await library.wake();
      if (library.cloud.notices.length > 0) toldAtMinute ??= minute;
      library.cloud.advance(60_000);
    }
    // However long the waits between two tries have become, the deadline is kept.
    expect(toldAtMinute).toBe(30);
    expect(library.cloud.images.in('eu-west-1').tagged.has('1.0.0')).toBe(true);
    expect(library.announced).toEqual([]);
    expect(library.cloud.notices.map(({ kind }) => kind)).toEqual(['replication-failed']);
    expect(library.cloud.notices[0]?.text).toContain('us-west-2: ECR gives no answer');
    const attempts = library.cloud.effects.filter((effect) => effect.includes('#1.0.0@'));
    expect(attempts.length).toBeLessThan(50);

    library.target.failure = undefined;
    library.cloud.advance(900_000);
    await library.wake();
    expect(library.announced).toHaveLength(1);
    expect(library.cloud.notices.map(({ kind }) => kind)).toEqual([
      'replication-failed',
      'replication-recovered',
    ]);
  });

  test('at the first layer in one region does not hold the others back', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    library.target.blobWrites = 'fail';
    await library.wake(pushOf(root.digest, '1.0.0'));
    expect(library.cloud.images.in('eu-west-1').tagged.has('1.0.0')).toBe(true);
    expect(library.writes('us-west-2')).toEqual([]);
    expect((await library.record(root.digest))?.regions).toEqual([home, 'eu-west-1']);
  });

  test('does not happen when a target finds each layer there without reading it', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    library.target.blobWrites = 'find-it-there';
    await library.wake(pushOf(root.digest, '1.0.0'));
    expect((await library.record(root.digest))?.announced).toEqual(['1.0.0']);
  });

  test('because the tag is immutable there says so', async () => {
    const library = new Library({ replication: { deadline: '0s' } });
    library.home.addImage('one', '1.0.0');
    library.target.addImage('another', '1.0.0');
    library.target.immutableTags.add('1.0.0');
    await library.wake();
    expect(library.cloud.notices[0]?.text).toContain('immutable');
    expect(library.announced).toEqual([]);
  });

  test('because it can never succeed is told at once and not tried again', async () => {
    const library = new Library();
    library.home.addManifest(
      { mediaType: 'application/vnd.docker.distribution.manifest.v1+json' },
      '1.0.0',
    );
    expect(await library.wake()).toEqual(['repair IMAGES_DRIFTED', 'dead letter']);
    expect(await library.wake()).toEqual(['none IMAGES_REFUSED']);
    expect(library.cloud.notices.map(({ subject }) => subject)).toEqual([
      'Farshore: storefront 1.0.0 cannot be replicated',
    ]);
  });
});

/** A visible tag means a whole image. */
function expectNoEarlyTag(library: Library, region: string): void {
  const registry = library.cloud.images.in(region);
  if (!registry.tagged.has('1.0.0')) return;
  expect(registry.manifests.size).toBe(library.home.manifests.size);
  expect(registry.blobs.size).toBe(library.home.blobs.size);
}

describe('a function that dies', () => {
  test('loses nothing, whichever effect it dies before, and never shows a tag too early', async () => {
    for (let effect = 1; effect <= 60; effect += 1) {
      const library = new Library();
      const { root } = pushRich(library.home, '1.0.0');
      library.cloud.dieBeforeEffect(effect);
      for (let wakes = 0; wakes < 6; wakes += 1) {
        await library.wake().catch((error: unknown) => {
          if (!String(error).includes('died before')) throw error;
        });
        for (const region of targets) expectNoEarlyTag(library, region);
        library.cloud.advance(130_000);
      }
      const record = await library.record(root.digest);
      expect([effect, record?.announced, record?.regions]).toEqual([
        effect,
        ['1.0.0'],
        [home, ...targets],
      ]);
      expect([1, 2]).toContain(library.announced.length);
    }
  });

  test('hands the image over to the run that took it', async () => {
    const library = new Library();
    const { digest } = library.home.addImage('one', '1.0.0');
    const ports = library.cloud.ports(home);
    const loop = replicationLoop(library.fleet, ports);
    const [event] = loop.parse(pushOf(digest, '1.0.0'));
    if (event === undefined) throw new Error('no event');
    const observed = await loop.observe(event);
    const decision = loop.decide(event, observed, library.cloud.nowMs);
    const lost = { alive: () => Promise.resolve(false) };
    expect(await loop.act(decision, observed, lost)).toMatchObject({ status: 'superseded' });
    expect(library.target.tagged.size).toBe(0);
  });
});
