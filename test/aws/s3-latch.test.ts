import { describe, expect, test } from '@jest/globals';
import { S3Latch } from '../../aws/s3-latch.ts';
import { shopFleet } from './shop-fleet.ts';
import { type Answer, awsError, inTurn, stubAws } from './stub-client.ts';

const object = (text: string, ETag = '"1"'): Answer => ({
  Body: { transformToString: () => Promise.resolve(text) },
  ETag,
});

function latchOver(get: () => Answer, put: () => Answer = () => ({})) {
  const stub = stubAws({ 'S3 GetObject': get, 'S3 PutObject': put });
  const latch = new S3Latch({ client: stub.clients.s3, fleet: shopFleet, accountId: '1' });
  return { latch, stub };
}

const nothing = () => awsError('NoSuchKey');

describe('reading', () => {
  test.each([
    ['LATCHED epoch=7', { latched: true, epoch: 7 }],
    ['OPEN epoch=8', { latched: false, epoch: 8 }],
    ['OPEN epoch=8\n', { latched: false, epoch: 8 }],
  ])('takes "%s" for %p', async (text, expected) => {
    const { latch, stub } = latchOver(() => object(text));
    expect(await latch.read('storefront')).toEqual(expected);
    expect(stub.sent[0]).toMatchObject({
      region: 'us-west-2',
      input: { Bucket: 'farshore-shop-latch-1-us-west-2', Key: 'storefront/us-east-1' },
    });
  });

  test('takes an object that was never written for open', async () => {
    expect(await latchOver(nothing).latch.read('storefront')).toEqual({ latched: false, epoch: 0 });
  });

  test.each([
    [
      'what Farshore did not write',
      () => object('LATCHED by hand'),
      'which Farshore did not write',
    ],
    ['a missing permission', () => awsError('AccessDenied'), 'AccessDenied'],
    ['a missing bucket', () => awsError('NoSuchBucket'), 'NoSuchBucket'],
  ])('fails on %s', async (_title, get, message) => {
    await expect(latchOver(get).latch.read('storefront')).rejects.toThrow(message);
  });
});

describe('writing LATCHED at epoch 5', () => {
  const state = { latched: true, epoch: 5 };

  test.each([
    ['over nothing', nothing, { IfNoneMatch: '*' }],
    ['over an older epoch', () => object('OPEN epoch=4'), { IfMatch: '"1"' }],
  ])('goes through %s, fenced', async (_title, get, fence) => {
    const { latch, stub } = latchOver(get);
    expect(await latch.write('storefront', state)).toBe(true);
    expect(stub.inputs('S3 PutObject')).toEqual([
      {
        Bucket: 'farshore-shop-latch-1-us-west-2',
        Key: 'storefront/us-east-1',
        Body: 'LATCHED epoch=5',
        ContentType: 'text/plain',
        CacheControl: 'no-store',
        ...fence,
      },
    ]);
  });

  test.each([
    ['LATCHED epoch=5', true],
    ['OPEN epoch=5', false],
    ['OPEN epoch=6', false],
    ['LATCHED epoch=6', false],
  ])('over "%s" writes nothing and gives %p', async (text, expected) => {
    const { latch, stub } = latchOver(() => object(text));
    expect(await latch.write('storefront', state)).toBe(expected);
    expect(stub.inputs('S3 PutObject')).toEqual([]);
  });

  test.each(['PreconditionFailed', 'ConditionalRequestConflict'])(
    'yields to a higher epoch that came in between (%s)',
    async (name) => {
      const get = inTurn(object('OPEN epoch=4'), object('OPEN epoch=6', '"2"'));
      const { latch } = latchOver(get, () => awsError(name));
      expect(await latch.write('storefront', state)).toBe(false);
    },
  );

  test('knows its own write again when the first answer was lost', async () => {
    const get = inTurn(object('OPEN epoch=4'), object('LATCHED epoch=5', '"2"'));
    const { latch } = latchOver(get, () => awsError('PreconditionFailed'));
    expect(await latch.write('storefront', state)).toBe(true);
  });

  test('gives up after four writers in between', async () => {
    const { latch, stub } = latchOver(
      () => object('OPEN epoch=4'),
      () => awsError('PreconditionFailed'),
    );
    await expect(latch.write('storefront', state)).rejects.toThrow('4 times in a row');
    expect(stub.inputs('S3 PutObject')).toHaveLength(4);
  });
});

test('an application that is not in the fleet has no latch', async () => {
  await expect(latchOver(nothing).latch.read('unknown')).rejects.toThrow('unknown');
});
