import type {
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
} from '@aws-sdk/client-s3';
import type { ServiceError } from '../../service-model.ts';
import { type Call, type Operation } from '../../service-model.ts';
import type { ObjectVersion } from './bucket.ts';
import { accessDenied, noSuchKey, notFound, refuseParameters } from './s3-errors.ts';
import type { S3Model } from './s3-model.ts';

const unsupported = [
  ...['IfMatch', 'IfModifiedSince', 'IfNoneMatch', 'IfUnmodifiedSince', 'PartNumber', 'Range'],
  ...['SSECustomerKey', 'ResponseContentType', 'ResponseContentDisposition'],
];

/** Reads an object whole. */
export function getObject(
  model: S3Model,
): Operation<GetObjectRequest, Omit<GetObjectOutput, 'Body'> & { readonly Body: Uint8Array }> {
  return {
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}/${input.Key ?? ''}`],
    handle: (input, call) => {
      const { content, headers } = find(model, input, call, noSuchKey(input.Key ?? ''));
      return { ...headers, Body: Uint8Array.from(content) };
    },
  };
}

/** Reads what is known of an object without its content. */
export function headObject(model: S3Model): Operation<HeadObjectRequest, HeadObjectOutput> {
  return {
    action: 's3:GetObject',
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}/${input.Key ?? ''}`],
    handle: (input, call) => find(model, input, call, notFound()).headers,
  };
}

function find(
  model: S3Model,
  input: GetObjectRequest | HeadObjectRequest,
  call: Call,
  missing: ServiceError,
) {
  refuseParameters(input, unsupported);
  const bucket = model.bucketOf(call, input.Bucket);
  const key = input.Key ?? '';
  const { VersionId } = input;
  const object = VersionId === undefined ? bucket.current(key) : bucket.version(key, VersionId);
  if (object === undefined && !model.mayList(call, bucket)) throw accessDenied();
  if (object?.content === undefined) throw missing;
  return { content: object.content, headers: headersOf(object, bucket.isVersioned) };
}

function headersOf(object: ObjectVersion, isVersioned: boolean) {
  return {
    AcceptRanges: 'bytes',
    ContentLength: object.content?.length ?? 0,
    ContentType: object.contentType,
    ETag: object.etag,
    LastModified: new Date(object.modifiedAtMs),
    Metadata: { ...object.metadata },
    ServerSideEncryption: 'AES256' as const,
    ...(isVersioned && { VersionId: object.versionId }),
  };
}
