import type {
  PutBucketPolicyRequest,
  PutBucketVersioningRequest,
  PutPublicAccessBlockRequest,
} from '@aws-sdk/client-s3';
import type { Operation } from '../../service-model.ts';
import { checkPolicy, isPublic } from './bucket-policy.ts';
import { accessDenied, refuseParameters } from './s3-errors.ts';
import type { S3Model } from './s3-model.ts';

export function putBucketPolicy(model: S3Model): Operation<PutBucketPolicyRequest, object> {
  return {
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}`],
    handle: (input, call) => {
      const bucket = model.bucketOf(call, input.Bucket);
      const policy = input.Policy ?? '';
      checkPolicy(policy);
      if (bucket.publicAccessBlock.blockPublicPolicy && isPublic(policy)) throw accessDenied();
      bucket.policy = policy;
      return {};
    },
  };
}

export function putBucketVersioning(model: S3Model): Operation<PutBucketVersioningRequest, object> {
  return {
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}`],
    handle: (input, call) => {
      refuseParameters(input, ['MFA']);
      const bucket = model.bucketOf(call, input.Bucket);
      bucket.isVersioned = input.VersioningConfiguration?.Status === 'Enabled';
      return {};
    },
  };
}

/** Opens or closes a bucket for public policies; a new bucket is closed. */
export function putPublicAccessBlock(
  model: S3Model,
): Operation<PutPublicAccessBlockRequest, object> {
  return {
    action: 's3:PutBucketPublicAccessBlock',
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}`],
    handle: (input, call) => {
      const bucket = model.bucketOf(call, input.Bucket);
      const { BlockPublicPolicy, RestrictPublicBuckets } =
        input.PublicAccessBlockConfiguration ?? {};
      bucket.publicAccessBlock = {
        blockPublicPolicy: BlockPublicPolicy ?? false,
        restrictPublicBuckets: RestrictPublicBuckets ?? false,
      };
      return {};
    },
  };
}
