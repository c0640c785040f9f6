import type { ListObjectsV2Output, ListObjectsV2Request } from '@aws-sdk/client-s3';
import type { Operation } from '../../service-model.ts';
import type { ObjectVersion } from './bucket.ts';
import { refuseParameters } from './s3-errors.ts';
import type { S3Model } from './s3-model.ts';

const PAGE_MAX = 1_000;

/** Lists current objects by key; with a delimiter, what looks like folders once each. */
export function listObjectsV2(
  model: S3Model,
): Operation<ListObjectsV2Request, ListObjectsV2Output> {
  return {
    action: 's3:ListBucket',
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}`],
    conditions: (input): Record<string, string> =>
      input.Prefix === undefined ? {} : { 's3:prefix': input.Prefix },
    handle: (input, call) => {
      refuseParameters(input, ['OptionalObjectAttributes']);
      const bucket = model.bucketOf(call, input.Bucket);
      const { Prefix = '', Delimiter, MaxKeys = PAGE_MAX } = input;
      const start = afterKey(input);
      const rows = rowsOf(bucket.objects(), Prefix, Delimiter).filter(({ name }) => name > start);
      const page = rows.slice(0, Math.min(MaxKeys, PAGE_MAX));
      const last = page.at(-1)?.name ?? '';
      const isCut = page.length < rows.length;
      const written = encoder(input);
      return {
        Name: bucket.name,
        Prefix: written(Prefix),
        MaxKeys,
        KeyCount: page.length,
        IsTruncated: isCut,
        Contents: page.flatMap(({ object }) =>
          object === undefined ? [] : [{ ...asSdk(object), Key: written(object.key) }],
        ),
        CommonPrefixes: page.flatMap(({ object, name }) =>
          object === undefined ? [{ Prefix: written(name) }] : [],
        ),
        ...(Delimiter !== undefined && { Delimiter: written(Delimiter) }),
        ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
        ...(isCut && { NextContinuationToken: Buffer.from(last).toString('base64') }),
      };
    },
  };
}

interface Row {
  readonly name: string;
  /** Undefined for a common prefix. */
  readonly object: ObjectVersion | undefined;
}

function rowsOf(
  objects: readonly ObjectVersion[],
  prefix: string,
  delimiter: string | undefined,
): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue;
    const end = delimiter === undefined ? -1 : object.key.indexOf(delimiter, prefix.length);
    const name = end === -1 ? object.key : object.key.slice(0, end + (delimiter?.length ?? 0));
    rows.set(name, { name, object: end === -1 ? object : undefined });
  }
  return [...rows.values()];
}

function afterKey({ ContinuationToken, StartAfter = '' }: ListObjectsV2Request): string {
  if (ContinuationToken === undefined) return StartAfter;
  return Buffer.from(ContinuationToken, 'base64').toString();
}

/** Keys may hold what XML cannot, so the AWS CLI asks for them percent-encoded. */
function encoder({ EncodingType }: ListObjectsV2Request): (text: string) => string {
  if (EncodingType === undefined) return (text) => text;
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}

function asSdk(object: ObjectVersion) {
  return {
    Key: object.key,
    ETag: object.etag,
    LastModified: new Date(object.modifiedAtMs),
    Size: object.content?.length ?? 0,
    StorageClass: 'STANDARD' as const,
  };
}
