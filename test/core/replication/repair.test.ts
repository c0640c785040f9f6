import { describe, expect, test } from '@jest/globals';
import { REPAIRS_AT_ONCE } from '../../../core/replication/decide-repair.ts';
import {
  askedOf,
  attach,
  home,
  Library,
  ociManifest,
  pushOf,
  pushRich,
  sweep,
  targets,
} from './library.ts';

const repaired = ['repair IMAGES_DRIFTED', 'copy IMAGE_MISSING'];

describe('a sweep repairs', () => {
  test('a push whose event never came, also of an old version line', async () => {
    const library = new Library();
    for (const tag of ['1.0.0', '2.0.0', '2.1.0', '2.2.0']) library.home.addImage(tag, tag);
    await library.wake();
    library.home.addImage('fix of the old line', '1.0.1');
    expect(await library.wake()).toEqual(repaired);
    expect(library.target.tagged.has('1.0.1')).toBe(true);
    expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
  });

  test('an image that somebody deleted, without another announcement', async () => {
    const library = new Library();
    library.home.addImage('one', '1.0.0');
    await library.wake();
    library.target.tagged.clear();
    expect(await library.wake()).toEqual(repaired);
    expect(library.target.tagged.has('1.0.0')).toBe(true);
    expect(library.announced).toHaveLength(1);
  });

  test('a tag that was moved at home', async () => {
    const library = new Library();
    library.home.addImage('first', '1.0.0');
    await library.wake();
    const { digest } = library.home.addImage('second', '1.0.0');
    expect(await library.wake()).toEqual(repaired);
    for (const region of targets) {
      expect(library.cloud.images.in(region).tagged.get('1.0.0')?.digest).toBe(digest);
    }
  });

  test.each(['signature', 'sbom', 'cosign'] as const)('a %s lost in one region', async (part) => {
    const library = new Library();
    const rich = pushRich(library.home, '1.0.0');
    await library.wake();
    const lost = rich[part].digest;
    library.target.manifests.delete(lost);
    for (const [tag, { digest }] of library.target.tagged) {
      if (digest === lost) library.target.tagged.delete(tag);
    }
    expect(await library.wake()).toEqual(['repair IMAGES_DRIFTED', 'copy ATTACHMENTS_MISSING']);
    expect(library.target.manifests.has(lost)).toBe(true);
    expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
  });

  test('what is attached to the child of an index, where that child is', async () => {
    const library = new Library();
    const { children } = pushRich(library.home, '1.0.0');
    await library.wake();
    const [child] = children;
    if (child === undefined) throw new Error('no child');
    const late = attach(library.home, child, 'sbom of one platform');
    expect(await library.wake()).toEqual(repaired);
    for (const region of targets) {
      expect(library.cloud.images.in(region).manifests.has(late.digest)).toBe(true);
    }
    expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
    expect(library.announced).toHaveLength(1);
  });

  test('nothing where a registry gives no answer, until it does', async () => {
    const library = new Library();
    library.home.addImage('one', '1.0.0');
    await library.wake();
    library.home.addImage('two', '1.1.0');
    await library.wake();
    library.target.tagged.clear();
    library.target.failure = new Error('ECR gives no answer');
    expect(await library.wake()).toEqual(['none REGION_SILENT']);
    library.target.failure = undefined;
    expect(await library.wake()).toEqual([...repaired, 'copy IMAGE_MISSING']);
  });
});

describe('a region that joins', () => {
  test('gets all that the policy selects, newest first, a bounded number at once', async () => {
    const small = new Library({ regions: [home, 'us-west-2'] });
    const count = REPAIRS_AT_ONCE + 20;
    for (let patch = 0; patch < count; patch += 1) small.home.addImage(`${patch}`, `1.0.${patch}`);
    small.home.addImage('not selected', 'pr-7');
    await small.wake();
    await small.wake();
    const grown = new Library({}, small.cloud);
    const joined = grown.cloud.images.in('eu-west-1');

    const first = await grown.take(sweep);
    expect(first).toEqual(['repair IMAGES_DRIFTED']);
    expect(grown.cloud.wakes).toHaveLength(REPAIRS_AT_ONCE);
    expect(grown.cloud.wakes[0]?.message).toMatchObject({
      subject: expect.stringMatching(/^1\.0\.69@/),
    });
    expect(await grown.take(sweep)).toEqual(['none COPIES_ON_THEIR_WAY']);

    await grown.wake();
    await grown.wake();
    expect(joined.tagged.size).toBe(count);
    expect(joined.tagged.has('pr-7')).toBe(false);
    expect(await grown.wake()).toEqual(['none ALREADY_REPLICATED']);
    expect(grown.announced).toHaveLength(count);
  });

  test('is written down image by image and region by region', async () => {
    const small = new Library({ regions: [home, 'us-west-2'] });
    const { digest } = small.home.addImage('one', '1.0.0');
    await small.wake();
    const grown = new Library({}, small.cloud);
    await grown.wake();
    expect(await grown.record(digest)).toMatchObject({
      regions: [home, ...targets],
      copies: { 'us-west-2': { state: 'whole' }, 'eu-west-1': { state: 'whole' } },
    });
  });
});

describe('a backfill that a person asks for', () => {
  const request = (tags: readonly string[]) => askedOf({ kind: 'backfill', id: 'r', tags });

  test('copies only the tags that were named', async () => {
    const library = new Library();
    for (const tag of ['1.0.0', '1.1.0', '2.0.0']) library.home.addImage(tag, tag);
    expect(await library.wake(request(['1.*']))).toEqual([...repaired, 'copy IMAGE_MISSING']);
    expect([...library.target.tagged.keys()].sort()).toEqual(['1.0.0', '1.1.0']);
  });

  test('tries what was given up once more', async () => {
    const library = new Library();
    library.home.addImage('one', '1.0.0');
    library.target.addImage('another', '1.0.0');
    library.target.immutableTags.add('1.0.0');
    await library.wake();
    expect(await library.wake()).toEqual(['none IMAGES_REFUSED']);
    library.target.immutableTags.clear();
    expect(await library.wake(request([]))).toEqual(repaired);
  });
});

describe('pushes at once', () => {
  test('of one image, told five times, copy it once', async () => {
    const library = new Library();
    const { root } = pushRich(library.home, '1.0.0');
    await Promise.all(Array.from({ length: 5 }, () => library.take(pushOf(root.digest, '1.0.0'))));
    library.cloud.advance(130_000);
    await library.wake();
    const reads = library.home.reads.filter((read) => read.startsWith('blob '));
    expect(reads).toHaveLength(library.home.blobs.size);
    expect(library.announced).toHaveLength(1);
    expect(library.target.tagged.has('1.0.0')).toBe(true);
  });

  test.each(['one digest', 'two digests'])('under two tags of %s both arrive', async (how) => {
    const library = new Library();
    const first = library.home.addImage('image', '1.0.0');
    const second = library.home.addImage(how === 'one digest' ? 'image' : 'other', '1.1.0');
    await Promise.all([
      library.take(pushOf(first.digest, '1.0.0')),
      library.take(pushOf(second.digest, '1.1.0')),
    ]);
    for (const region of targets) {
      const { tagged } = library.cloud.images.in(region);
      expect([...tagged.keys()].sort()).toEqual(['1.0.0', '1.1.0']);
    }
    expect(library.announced).toHaveLength(2);
  });
});

describe('an image that cannot be copied', () => {
  test('holds up no other, is told once, and is finished by its dead letter', async () => {
    const library = new Library();
    library.home.addManifest({ schemaVersion: 2, mediaType: ociManifest }, '1.0.0');
    const bad = library.home.addImage('bad', '1.1.0');
    library.home.addImage('good', '1.2.0');
    library.target.addImage('another', '1.1.0');
    library.target.immutableTags.add('1.1.0');
    for (let round = 0; round < 3; round += 1) await library.wake();
    expect(library.target.tagged.has('1.2.0')).toBe(true);
    expect(library.cloud.images.in('eu-west-1').tagged.get('1.1.0')?.digest).toBe(bad.digest);
    const told = library.cloud.notices.filter(({ subject }) => subject.includes('1.1.0'));
    expect(told.map(({ kind }) => kind)).toEqual(['replication-failed']);
    const [dead] = library.deadLetters.filter(({ cause }) => cause.includes('1.1.0'));
    expect(dead?.cause).toMatch(/us-west-2: the tag 1\.1\.0 is immutable/);

    library.target.tagged.delete('1.1.0');
    expect(await library.wake(dead?.raw)).toEqual(['copy IMAGE_MISSING']);
    expect(library.target.tagged.get('1.1.0')?.digest).toBe(bad.digest);
    expect(library.cloud.notices.at(-1)?.kind).toBe('replication-recovered');
  });
});
