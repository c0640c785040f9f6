import { ServiceError } from '../../service-model.ts';
import type { Call, Hub, Operation, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { allowsEveryone } from './bucket-policy.ts';
import { putBucketPolicy, putBucketVersioning, putPublicAccessBlock } from './bucket-settings.ts';
import { Bucket } from './bucket.ts';
import { createBucket, headBucket, listBuckets } from './buckets.ts';
import { deleteObject } from './delete-object.ts';
import { getObject, headObject } from './get-object.ts';
import { listObjectsV2 } from './list-objects-v2.ts';
import { putObject } from './put-object.ts';
import { noSuchBucket } from './s3-errors.ts';

export interface S3Options {
  readonly accountId: string;
  /**
   * Whether the caller may list a bucket: to those who may not, S3 answers 403 for a key that is
   * not there, not 404.
   */
  readonly mayList?: (call: Call, bucketArn: string) => boolean;
}

/** S3 buckets, their names unique over all regions. */
export class S3Model {
  readonly service: Service;
  readonly #world: World;
  readonly #hub: Hub;
  readonly #options: S3Options;
  readonly #buckets = new Map<string, Bucket>();

  constructor(world: World, hub: Hub, options: S3Options) {
    this.#world = world;
    this.#hub = hub;
    this.#options = options;
    this.service = { id: 's3', iamPrefix: 's3', operations: operationsOf(this) };
  }

  /** What anyone on the internet gets, as Route 53's health checkers do. */
  anonymousGet(
    bucketName: string,
    key: string,
  ): { readonly status: number; readonly body: string } {
    const bucket = this.#buckets.get(bucketName);
    if (bucket === undefined) return { status: 404, body: xmlError(noSuchBucket(bucketName)) };
    if (!this.#hub.isUp(bucket.region)) return { status: 503, body: 'Service Unavailable' };
    const object = bucket.current(key);
    const isOpen =
      !bucket.publicAccessBlock.restrictPublicBuckets &&
      allowsEveryone(bucket.policy, 's3:GetObject', `arn:aws:s3:::${bucketName}/${key}`);
    // A key that is not there looks the same as a forbidden one to those who may not list.
    if (!isOpen || object?.content === undefined) {
      return { status: 403, body: xmlError({ code: 'AccessDenied', message: 'Access Denied' }) };
    }
    return { status: 200, body: Buffer.from(object.content).toString() };
  }

  create(name: string, region: string): void {
    const bucket = new Bucket(name, region, this.#world.nowMs(), this.#world.random);
    this.#buckets.set(name, bucket);
  }

  find(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  buckets(): readonly Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The bucket of a call, which must go to the bucket's own region. */
  bucketOf(call: Call, name: string | undefined): Bucket {
    const bucket = this.#buckets.get(name ?? '');
    if (bucket === undefined) throw noSuchBucket(name ?? '');
    if (bucket.region === call.region) return bucket;
    throw new ServiceError(
      'PermanentRedirect',
      'The bucket you are attempting to access must be addressed using the specified endpoint. ' +
        'Please send all future requests to this endpoint.',
      {
        httpStatus: 301,
        members: { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com` },
      },
    );
  }

  mayList(call: Call, bucket: Bucket): boolean {
    return this.#options.mayList?.(call, `arn:aws:s3:::${bucket.name}`) ?? true;
  }
}

function operationsOf(model: S3Model): Readonly<Record<string, Operation>> {
  return {
    CreateBucket: createBucket(model),
    DeleteObject: deleteObject(model),
    GetObject: getObject(model),
    HeadBucket: headBucket(model),
    HeadObject: headObject(model),
    ListBuckets: listBuckets(model),
    ListObjectsV2: listObjectsV2(model),
    PutBucketPolicy: putBucketPolicy(model),
    PutBucketVersioning: putBucketVersioning(model),
    PutObject: putObject(model),
    PutPublicAccessBlock: putPublicAccessBlock(model),
  };
}

function xmlError({ code, message }: { readonly code: string; readonly message: string }): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<Error><Code>${code}</Code><Message>${message}</Message></Error>`
  );
}
