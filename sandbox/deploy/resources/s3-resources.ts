import { onlyProperties, requiredText, type ResourceHandler, textOf } from '../resource-handler.ts';

/**
 * AWS::S3::Bucket. Encryption and object ownership change nothing here: content is not encrypted
 * and there are no access lists.
 */
export const bucket: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, [
    'BucketEncryption',
    'BucketName',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'VersioningConfiguration',
  ]);
  const Bucket = textOf(properties, 'BucketName') ?? deployment.generatedName(63).toLowerCase();
  const { region } = deployment;
  // us-east-1 takes no constraint, every other region its own name.
  const location =
    region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } };
  await deployment.call('s3', 'CreateBucket', { Bucket, ...location });
  const access = properties['PublicAccessBlockConfiguration'];
  if (access !== undefined) {
    const input = { Bucket, PublicAccessBlockConfiguration: access };
    await deployment.call('s3', 'PutPublicAccessBlock', input);
  }
  const versioning = properties['VersioningConfiguration'];
  if (versioning !== undefined) {
    const input = { Bucket, VersioningConfiguration: versioning };
    await deployment.call('s3', 'PutBucketVersioning', input);
  }
  const RegionalDomainName = `${Bucket}.s3.${region}.amazonaws.com`;
  return { ref: Bucket, attributes: { Arn: `arn:aws:s3:::${Bucket}`, RegionalDomainName } };
};

/** AWS::S3::BucketPolicy. */
export const bucketPolicy: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['Bucket', 'PolicyDocument']);
  const Bucket = requiredText(properties, 'Bucket');
  const Policy = JSON.stringify(properties['PolicyDocument']);
  await deployment.call('s3', 'PutBucketPolicy', { Bucket, Policy });
  return { ref: Bucket };
};
