import { Aws, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { names } from '../core/contract/names.ts';

/** Characters of a bucket's name, and of an account id. */
const NAME_LENGTH_MAX = 63;
const ANY_ACCOUNT = '000000000000';

export interface LatchBucketProps {
  readonly fleetName: string;
  readonly region: string;
}

/**
 * Holds the latches of the applications for which this region is the standby. Route 53's health
 * checkers read them as anybody could, because they cannot sign a request; a latch says no more
 * than `LATCHED epoch=7`. Only objects are public: nobody may list the bucket or write to it.
 */
export class LatchBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { fleetName, region }: LatchBucketProps) {
    super(scope, id);
    refuseLongName(fleetName, region);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: names.latchBucket(fleetName, Aws.ACCOUNT_ID, region),
      // S3's own key: an object under a KMS key could not be read without a signature.
      encryption: BucketEncryption.S3_MANAGED,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // Policies may make objects public here; access lists still may not.
      blockPublicAccess: new BlockPublicAccess({
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: false,
        restrictPublicBuckets: false,
      }),
      enforceSSL: true,
      versioned: true,
      // A latch left behind keeps a primary region down until somebody opens it.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects('*')],
      }),
    );
    Validations.of(this.bucket).acknowledge(
      {
        id: 'AwsSolutions-S1',
        reason: 'Health checkers read each latch several times a second; writes are in CloudTrail.',
      },
      {
        id: 'AwsSolutions-S2',
        reason: 'Route 53 health checkers read without a signature; only objects are readable.',
      },
      {
        id: 'AwsSolutions-S5',
        reason: 'Route 53 health checkers read without a signature; only objects are readable.',
      },
    );
  }
}

/** The account may be unknown at synth time; its length is not. */
function refuseLongName(fleetName: string, region: string): void {
  const excess = names.latchBucket(fleetName, ANY_ACCOUNT, region).length - NAME_LENGTH_MAX;
  if (excess <= 0) return;
  throw new Error(
    `The fleet name ${fleetName} is too long for a bucket in ${region}: ` +
      `shorten it by ${excess} character(s).`,
  );
}
