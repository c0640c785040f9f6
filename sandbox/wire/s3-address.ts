import type { ApiOperation } from './api.ts';
import type { WireRequest } from './wire-message.ts';

export interface SplitBucket {
  /** The path without the bucket. */
  readonly path: string;
  readonly bucket?: string;
}

/**
 * Takes the bucket off a request to S3, as S3's endpoints do before routing: from the host
 * (`bucket.localhost`) or from the first part of the path. Other services keep their path.
 */
export function splitBucket(service: string, { headers, path }: WireRequest): SplitBucket {
  if (service !== 's3') return { path };
  const host = headers['host']?.replace(/:\d+$/, '').toLowerCase() ?? '';
  const virtual = /^(.+?)\.(?:s3[.-][a-z0-9-]+\.)?localhost$/.exec(host)?.[1];
  if (virtual !== undefined) return { path, bucket: virtual };
  const [, first = '', ...rest] = path.split('/');
  if (first === '') return { path: '/' };
  return { path: `/${rest.join('/')}`, bucket: decodeURIComponent(first) };
}

/** Whether an operation works on one bucket. */
export function isBucketRequired({ required }: ApiOperation): boolean {
  return required.has('Bucket');
}
