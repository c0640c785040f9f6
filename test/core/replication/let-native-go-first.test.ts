import { describe, expect, test } from '@jest/globals';
import type { NativeStatus } from '../../../core/native-replication.ts';
import { Library, pushOf, pushRich, sweep, targets } from './library.ts';

const minuteMs = 60_000;
const underWay = targets.map((region) => ({ region, state: 'under-way' }) as const);
const complete = targets.map((region) => ({ region, state: 'complete' }) as const);

/** An image pushed to an application that ECR replicates, and what ECR says about it. */
class NativeLibrary extends Library {
  readonly digest: string;

  constructor(statuses: readonly NativeStatus[] = underWay) {
    super({ replication: { engine: 'native', rescueAfter: '10m' } });
    this.digest = pushRich(this.home, '1.0.0').root.digest;
    this.say(statuses);
  }

  say(statuses: readonly NativeStatus[]): void {
    this.cloud.nativeReplication.statusesOf.set(this.digest, statuses);
  }

  /** The whole image is there, as ECR brings it. */
  arriveIn(region: string): void {
    const registry = this.cloud.images.in(region);
    for (const [digest, blob] of this.home.blobs) registry.blobs.set(digest, blob);
    for (const [digest, body] of this.home.manifests) registry.manifests.set(digest, body);
    for (const [tag, image] of this.home.tagged) registry.tagged.set(tag, image);
  }

  push(): Promise<string[]> {
    return this.wake(pushOf(this.digest, '1.0.0'));
  }

  /** What the loop does about the image when it is looked at so much later. */
  async later(ms: number): Promise<string[]> {
    this.cloud.advance(ms);
    const subject = `1.0.0@${this.digest}`;
    return this.take({ kind: 'wake', app: 'storefront', cause: 'recheck', subject });
  }

  get copied(): string[] {
    return this.cloud.effects.filter((effect) => /^(blob|manifest) /.test(effect));
  }

  get rechecksInMs(): number[] {
    const rechecks = this.cloud.wakes.filter(
      ({ message }) => 'cause' in message && message.cause === 'recheck',
    );
    return rechecks.map(({ atMs }) => atMs - this.cloud.nowMs);
  }
}

/** ECR's event, as the rule in the destination forwards it to the home region. */
const arrival = (digest: string, region: string, tag = '1.0.0') => ({
  id: 'e',
  source: 'aws.ecr',
  'detail-type': 'ECR Replication Action',
  time: '2026-11-20T10:00:04Z',
  region,
  resources: [`arn:aws:ecr:${region}:123456789012:repository/shop/storefront`],
  detail: {
    'action-type': 'REPLICATE',
    result: 'SUCCESS',
    'repository-name': 'shop/storefront',
    'image-digest': digest,
    'image-tag': tag,
    'source-account': '123456789012',
    'source-region': 'us-east-1',
  },
});

describe('an image that ECR replicates', () => {
  test('is not copied while ECR is in time, and looked at again when it is not', async () => {
    const library = new NativeLibrary();
    expect(await library.push()).toEqual(['await NATIVE_UNDER_WAY']);
    expect(library.rechecksInMs).toEqual([10 * minuteMs]);
    expect(await library.later(10 * minuteMs - 1)).toEqual(['none NATIVE_UNDER_WAY']);
    expect(library.copied).toEqual([]);
  });

  test('is announced once when the last region has it, and not copied', async () => {
    const library = new NativeLibrary();
    await library.push();
    library.arriveIn('us-west-2');
    expect(await library.wake(arrival(library.digest, 'us-west-2'))).toEqual([
      'none NATIVE_UNDER_WAY',
    ]);
    library.arriveIn('eu-west-1');
    expect(await library.wake(arrival(library.digest, 'eu-west-1'))).toEqual([
      'copy NOT_ANNOUNCED',
    ]);
    expect(await library.wake(arrival(library.digest, 'eu-west-1'))).toEqual([
      'none ALREADY_REPLICATED',
    ]);
    expect(library.announced).toHaveLength(1);
    expect(library.copied).toEqual([]);
  });

  test('gets what ECR left behind of it before it is announced', async () => {
    const library = new NativeLibrary();
    await library.push();
    for (const region of targets) library.arriveIn(region);
    const { signature } = pushRich(library.home, '1.0.0');
    library.target.manifests.delete(signature.digest);
    expect(await library.wake(arrival(library.digest, 'us-west-2'))).toEqual([
      'copy ATTACHMENTS_MISSING',
    ]);
    expect(library.target.manifests.has(signature.digest)).toBe(true);
    expect(library.announced).toHaveLength(1);
  });

  test('is told of by the events of its own home only', async () => {
    const library = new NativeLibrary();
    const elsewhere = {
      ...arrival(library.digest, 'us-east-1').detail,
      'source-region': 'eu-west-1',
    };
    const event = { ...arrival(library.digest, 'us-east-1'), detail: elsewhere };
    expect(await library.wake(event)).toEqual([]);
  });
});

describe('an image is copied to every region that lacks it', () => {
  const failed = { region: 'us-west-2', state: 'failed', failureCode: 'KmsError' } as const;
  test.each<[string, number, readonly NativeStatus[], string]>([
    ['at once when ECR failed in one', 0, [failed], 'NATIVE_FAILED'],
    ['at once when it arrived without its tag', 0, complete, 'NATIVE_WITHOUT_TAG'],
    ['when ECR did not take it up in a minute', minuteMs, [], 'NATIVE_NOT_STARTED'],
    ['when ECR is late', 10 * minuteMs, underWay, 'NATIVE_LATE'],
  ])('%s', async (_title, afterMs, statuses, code) => {
    const library = new NativeLibrary(afterMs === 0 ? underWay : statuses);
    expect(await library.push()).toEqual(['await NATIVE_UNDER_WAY']);
    library.say(statuses);
    if (afterMs > 0) expect(await library.later(afterMs - 1)).toEqual(['none NATIVE_UNDER_WAY']);
    expect(await library.later(1)).toEqual([`copy ${code}`]);
    for (const region of targets) {
      expect(library.cloud.images.in(region).tagged.get('1.0.0')?.digest).toBe(library.digest);
    }
    expect(library.announced).toHaveLength(1);
  });

  test('when it was everywhere and a region lost it: ECR never repairs', async () => {
    const library = new NativeLibrary();
    await library.push();
    for (const region of targets) library.arriveIn(region);
    await library.later(0);
    library.target.tagged.delete('1.0.0');
    library.say(complete);
    expect(await library.wake(sweep)).toEqual(['repair IMAGES_DRIFTED', 'copy IMAGE_MISSING']);
  });

  test('when ECR never took up what was there before its rule, found by a sweep', async () => {
    const library = new NativeLibrary([]);
    expect(await library.wake(sweep)).toEqual(['repair IMAGES_DRIFTED', 'none NATIVE_UNDER_WAY']);
    library.cloud.advance(minuteMs);
    await library.wake(sweep);
    expect(library.announced).toHaveLength(1);
  });

  test('even if a run dies at any effect while it waits', async () => {
    for (let effect = 1; effect <= 5; effect += 1) {
      const library = new NativeLibrary();
      library.cloud.dieBeforeEffect(effect);
      await library.push().catch(() => undefined);
      library.cloud.advance(minuteMs * 3);
      await library.wake(sweep);
      library.cloud.advance(minuteMs * 12);
      await library.wake(sweep);
      expect(library.announced).toHaveLength(1);
    }
  });
});
