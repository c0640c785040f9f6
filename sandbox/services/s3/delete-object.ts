import type { DeleteObjectOutput, DeleteObjectRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../service-model.ts';
import { refuseParameters } from './s3-errors.ts';
import type { S3Model } from './s3-model.ts';

/** Takes an object away, or hides it behind a delete marker in a versioned bucket. */
export function deleteObject(model: S3Model): Operation<DeleteObjectRequest, DeleteObjectOutput> {
  return {
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}/${input.Key ?? ''}`],
    handle: (input, call) => {
      refuseParameters(input, ['BypassGovernanceRetention', 'IfMatch', 'MFA']);
      const bucket = model.bucketOf(call, input.Bucket);
      const key = input.Key ?? '';
      if (input.VersionId !== undefined) {
        bucket.deleteVersion(key, input.VersionId);
        return { VersionId: input.VersionId };
      }
      const marker = bucket.delete(key, call.world.nowMs());
      return marker === undefined ? {} : { DeleteMarker: true, VersionId: marker.versionId };
    },
  };
}
