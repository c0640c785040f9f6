import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { S3Model } from '../../../../sandbox/services/s3/s3-model.ts';
import { ModelBench, accountId } from '../model-bench.ts';

const Bucket = 'farshore-latch';
const Key = 'storefront/us-east-1';

let bench: ModelBench;
let model: S3Model;
let mayList: boolean;

beforeEach(async () => {
  bench = new ModelBench();
  mayList = true;
  model = new S3Model(bench.world, bench.hub, { accountId, mayList: () => mayList });
  await run('CreateBucket', { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
});

function run(
  operation: string,
  input: object,
  region = 'eu-west-1',
): Promise<Record<string, unknown>> {
  return bench.run(model.service, operation, { Bucket, ...input }, { region });
}

async function content(): Promise<string> {
  const { Body } = await run('GetObject', { Key });
  return Buffer.from(Body as Uint8Array).toString();
}

const etagOf = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;

describe('buckets', () => {
  test('are found from their own region only', async () => {
    await expect(run('HeadBucket', {})).resolves.toMatchObject({ BucketRegion: 'eu-west-1' });
    await expect(run('GetObject', { Key }, 'us-east-1')).rejects.toMatchObject({
      code: 'PermanentRedirect',
      httpStatus: 301,
    });
    await expect(run('HeadBucket', { Bucket: 'none' })).rejects.toMatchObject({ code: 'NotFound' });
    await expect(run('GetObject', { Bucket: 'none', Key })).rejects.toMatchObject({
      code: 'NoSuchBucket',
      httpStatus: 404,
    });
    await expect(run('ListBuckets', {})).resolves.toMatchObject({ Buckets: [{ Name: Bucket }] });
  });

  test.each([
    [{ Bucket: 'UPPER' }, 'eu-west-1', 'InvalidBucketName'],
    [{ Bucket: 'new-one' }, 'eu-west-1', 'IllegalLocationConstraintException'],
    [
      { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } },
      'eu-west-1',
      'BucketAlreadyOwnedByYou',
    ],
    [{}, 'us-east-1', 'BucketAlreadyOwnedByYou'],
  ])('rejects a new bucket %j in %s', async (input, region, code) => {
    await expect(run('CreateBucket', input, region)).rejects.toMatchObject({ code });
  });

  test('declare the ARNs of objects and of themselves for policies', () => {
    const arn = `arn:aws:s3:::${Bucket}`;
    expect(bench.resources(model.service, 'PutObject', { Bucket, Key })).toEqual([`${arn}/${Key}`]);
    expect(bench.resources(model.service, 'ListObjectsV2', { Bucket })).toEqual([arn]);
  });
});

describe('objects', () => {
  test('are read as they were written, with an MD5 as their ETag', async () => {
    const ETag = etagOf('LATCHED epoch=3');
    const put = { Key, Body: 'LATCHED epoch=3', ContentType: 'text/plain', Metadata: { a: 'b' } };
    await expect(run('PutObject', put)).resolves.toMatchObject({ ETag });
    expect(await content()).toBe('LATCHED epoch=3');
    await expect(run('HeadObject', { Key })).resolves.toMatchObject({
      ETag,
      ContentLength: 15,
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
    });
  });

  test('take bytes and streams', async () => {
    async function* stream() {
      yield await Promise.resolve(Buffer.from('OPEN '));
      yield Buffer.from('epoch=4');
    }
    for (const Body of [Buffer.from('OPEN epoch=4'), stream()]) {
      await run('PutObject', { Key, Body });
      expect(await content()).toBe('OPEN epoch=4');
    }
  });

  const stale = { httpStatus: 412, code: 'PreconditionFailed' };
  const conditions: readonly [string, boolean, object, object | undefined][] = [
    ['If-None-Match without an object', false, { IfNoneMatch: '*' }, undefined],
    ['If-None-Match over an object', true, { IfNoneMatch: '*' }, stale],
    ['If-Match over that object', true, { IfMatch: etagOf('old') }, undefined],
    ['If-Match without quotes', true, { IfMatch: etagOf('old').replaceAll('"', '') }, undefined],
    ['If-Match over another object', true, { IfMatch: etagOf('older') }, stale],
    ['If-Match without an object', false, { IfMatch: etagOf('old') }, { code: 'NoSuchKey' }],
  ];

  test.each(conditions)('%s', async (_name, present, condition, refusal) => {
    if (present) await run('PutObject', { Key, Body: 'old' });
    const put = run('PutObject', { Key, Body: 'new', ...condition });
    if (refusal === undefined) {
      await put;
      expect(await content()).toBe('new');
    } else {
      await expect(put).rejects.toMatchObject(refusal);
      if (present) expect(await content()).toBe('old');
    }
  });

  test('are written by exactly one of several that see none', async () => {
    const puts = [1, 2, 3].map((body) =>
      run('PutObject', { Key, Body: String(body), IfNoneMatch: '*' }),
    );
    const results = await Promise.allSettled(puts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('that are not there are missing to those who may list and forbidden to others', async () => {
    await expect(run('GetObject', { Key })).rejects.toMatchObject({
      code: 'NoSuchKey',
      message: 'The specified key does not exist.',
    });
    await expect(run('HeadObject', { Key })).rejects.toMatchObject({ code: 'NotFound' });
    mayList = false;
    await expect(run('GetObject', { Key })).rejects.toMatchObject({
      code: 'AccessDenied',
      httpStatus: 403,
    });
  });

  test('keep their versions, and a delete only hides them', async () => {
    await run('PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } });
    const { VersionId } = await run('PutObject', { Key, Body: 'one' });
    await run('PutObject', { Key, Body: 'two' });
    await expect(run('DeleteObject', { Key })).resolves.toMatchObject({ DeleteMarker: true });
    await expect(run('GetObject', { Key })).rejects.toMatchObject({ code: 'NoSuchKey' });
    const { Body } = await run('GetObject', { Key, VersionId });
    expect(Buffer.from(Body as Uint8Array).toString()).toBe('one');
  });

  test('are listed in order of their keys, in pages and folders', async () => {
    for (const key of ['b/2', 'a', 'b/1', 'c']) await run('PutObject', { Key: key, Body: key });
    const page = await run('ListObjectsV2', { MaxKeys: 3 });
    expect(page).toMatchObject({
      IsTruncated: true,
      Contents: [{ Key: 'a' }, { Key: 'b/1' }, { Key: 'b/2' }],
    });
    const ContinuationToken = page['NextContinuationToken'];
    await expect(run('ListObjectsV2', { ContinuationToken })).resolves.toMatchObject({
      IsTruncated: false,
      Contents: [{ Key: 'c' }],
    });
    await expect(run('ListObjectsV2', { Delimiter: '/' })).resolves.toMatchObject({
      Contents: [{ Key: 'a' }, { Key: 'c' }],
      CommonPrefixes: [{ Prefix: 'b/' }],
    });
  });

  test.each([{ Range: 'bytes=0-1' }, { IfNoneMatch: 'x' }])('rejects %j', async (input) => {
    await expect(run('GetObject', { Key, ...input })).rejects.toMatchObject({
      code: 'NotImplemented',
    });
  });
});

describe('anonymous readers', () => {
  const allow = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const plainHttp = {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const policyOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const open = { BlockPublicPolicy: false, RestrictPublicBuckets: false };

  beforeEach(() => run('PutObject', { Key, Body: 'LATCHED epoch=3' }));

  const cases: readonly [name: string, statements: object[], status: number][] = [
    ['that a policy lets in', [allow], 200],
    ['that a policy lets in by HTTPS only', [plainHttp, allow], 200],
    ['without a policy', [], 403],
    ['with a policy for a role', [{ ...allow, Principal: { AWS: 'arn:aws:iam::1:role/r' } }], 403],
    ['of another key', [{ ...allow, Resource: `arn:aws:s3:::${Bucket}/other/*` }], 403],
    ['that a statement keeps out', [allow, { ...allow, Effect: 'Deny' }], 403],
  ];

  test.each(cases)('%s', async (_name, statements, status) => {
    await run('PutPublicAccessBlock', { PublicAccessBlockConfiguration: open });
    if (statements.length > 0) await run('PutBucketPolicy', { Policy: policyOf(...statements) });
    const answer = model.anonymousGet(Bucket, Key);
    expect(answer.status).toBe(status);
    expect(answer.body.includes('LATCHED')).toBe(status === 200);
  });

  test('cannot tell a missing key from a forbidden one', async () => {
    await run('PutPublicAccessBlock', { PublicAccessBlockConfiguration: open });
    await run('PutBucketPolicy', { Policy: policyOf(allow) });
    expect(model.anonymousGet(Bucket, 'none').status).toBe(403);
    expect(model.anonymousGet('none', Key).status).toBe(404);
    bench.down.add('eu-west-1');
    expect(model.anonymousGet(Bucket, Key).status).toBe(503);
  });

  test('are kept out of a new bucket: it refuses public policies', async () => {
    await expect(run('PutBucketPolicy', { Policy: policyOf(allow) })).rejects.toMatchObject({
      code: 'AccessDenied',
    });
    const half = { BlockPublicPolicy: false, RestrictPublicBuckets: true };
    await run('PutPublicAccessBlock', { PublicAccessBlockConfiguration: half });
    await run('PutBucketPolicy', { Policy: policyOf(allow) });
    expect(model.anonymousGet(Bucket, Key).status).toBe(403);
  });

  test('rejects a policy with conditions it cannot judge', async () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } };
    const Policy = policyOf({ ...allow, Condition });
    await expect(run('PutBucketPolicy', { Policy })).rejects.toThrow(
      /conditions in bucket policies/,
    );
  });
});
