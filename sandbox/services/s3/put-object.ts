import type { PutObjectOutput, PutObjectRequest } from '@aws-sdk/client-s3';
import { ServiceError, type Operation } from '../../service-model.ts';
import type { Bucket } from './bucket.ts';
import { noSuchKey, preconditionFailed, refuseParameters } from './s3-errors.ts';
import type { S3Model } from './s3-model.ts';

const unsupported = [
  ...['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'],
  ...['ObjectLockLegalHoldStatus', 'ObjectLockMode', 'ObjectLockRetainUntilDate'],
  ...['SSECustomerKey', 'WebsiteRedirectLocation', 'WriteOffsetBytes'],
];

/** Writes an object; `If-None-Match: *` only when there is none, `If-Match` only over that one. */
export function putObject(model: S3Model): Operation<PutObjectRequest, PutObjectOutput> {
  return {
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}/${input.Key ?? ''}`],
    handle: async (input, call) => {
      refuseParameters(input, unsupported);
      const bucket = model.bucketOf(call, input.Bucket);
      const content = await bytesOf(input.Body);
      // From here on nothing waits, so the condition and the write are one step.
      checkConditions(bucket, input);
      const { etag, versionId } = bucket.write({
        key: input.Key ?? '',
        content,
        modifiedAtMs: call.world.nowMs(),
        contentType: input.ContentType ?? 'application/octet-stream',
        metadata: input.Metadata ?? {},
      });
      return {
        ETag: etag,
        ServerSideEncryption: 'AES256',
        ...(bucket.isVersioned && { VersionId: versionId }),
      };
    },
  };
}

function checkConditions(bucket: Bucket, input: PutObjectRequest): void {
  const key = input.Key ?? '';
  const present = bucket.current(key);
  if (input.IfNoneMatch !== undefined) {
    if (input.IfNoneMatch !== '*') {
      throw new ServiceError(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented',
        { httpStatus: 501, members: { Header: 'If-None-Match' } },
      );
    }
    if (present !== undefined) throw preconditionFailed('If-None-Match');
  }
  if (input.IfMatch === undefined) return;
  if (present === undefined) throw noSuchKey(key);
  if (bare(input.IfMatch) !== bare(present.etag)) throw preconditionFailed('If-Match');
}

function bare(etag: string): string {
  return etag.replaceAll('"', '');
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  if (!isAsyncIterable(body)) {
    throw new ServiceError('NotImplemented', 'The local cloud cannot read this kind of body.', {
      httpStatus: 501,
    });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function isAsyncIterable(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
