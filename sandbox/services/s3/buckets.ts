import type {
  CreateBucketOutput,
  CreateBucketRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
} from '@aws-sdk/client-s3';
import { ServiceError, type Operation } from '../../service-model.ts';
import { notFound, refuseParameters } from './s3-errors.ts';
import type { S3Model } from './s3-model.ts';

/** Makes a bucket in the region of the call. */
export function createBucket(model: S3Model): Operation<CreateBucketRequest, CreateBucketOutput> {
  return {
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}`],
    handle: (input, call) => {
      refuseParameters(input, ['ObjectLockEnabledForBucket']);
      const name = input.Bucket ?? '';
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
        throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.');
      }
      checkLocation(input.CreateBucketConfiguration?.LocationConstraint, call.region);
      if (model.find(name) !== undefined) {
        throw new ServiceError(
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          { httpStatus: 409, members: { BucketName: name } },
        );
      }
      model.create(name, call.region);
      return { Location: `/${name}`, BucketArn: `arn:aws:s3:::${name}` };
    },
  };
}

/** Tells whether a bucket is there, and where. */
export function headBucket(model: S3Model): Operation<HeadBucketRequest, HeadBucketOutput> {
  return {
    action: 's3:ListBucket',
    resources: (input) => [`arn:aws:s3:::${input.Bucket ?? ''}`],
    handle: (input, call) => {
      if (model.find(input.Bucket ?? '') === undefined) throw notFound();
      const bucket = model.bucketOf(call, input.Bucket);
      return { BucketArn: `arn:aws:s3:::${bucket.name}`, BucketRegion: bucket.region };
    },
  };
}

export function listBuckets(model: S3Model): Operation<ListBucketsRequest, ListBucketsOutput> {
  return {
    action: 's3:ListAllMyBuckets',
    resources: () => ['*'],
    handle: (input, call) => {
      refuseParameters(input, ['ContinuationToken', 'MaxBuckets']);
      const { Prefix = '', BucketRegion } = input;
      const found = model
        .buckets()
        .filter(({ name }) => name.startsWith(Prefix))
        .filter(({ region }) => BucketRegion === undefined || region === BucketRegion);
      return {
        Buckets: found.map((bucket) => ({
          Name: bucket.name,
          BucketArn: `arn:aws:s3:::${bucket.name}`,
          BucketRegion: bucket.region,
          CreationDate: new Date(bucket.createdAtMs),
        })),
        Owner: { ID: call.accountId },
      };
    },
  };
}

/** us-east-1 takes no constraint, every other region its own name. */
function checkLocation(constraint: string | undefined, region: string): void {
  if (constraint === undefined ? region === 'us-east-1' : constraint === region) return;
  throw new ServiceError(
    'IllegalLocationConstraintException',
    `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region ` +
      'specific endpoint this request was sent to.',
  );
}
