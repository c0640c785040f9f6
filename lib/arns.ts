import { Aws } from 'aws-cdk-lib';

const arn = (service: string, region: string, resource: string) =>
  `arn:${Aws.PARTITION}:${service}:${region}:${Aws.ACCOUNT_ID}:${resource}`;

/**
 * ARNs of what a template refers to by name: the user's own resources, and Farshore's in other
 * regions. Written out, because a reference across regions would need a custom resource.
 */
export const arns = {
  table: (region: string, name: string) => arn('dynamodb', region, `table/${name}`),
  bus: (region: string, name: string) => arn('events', region, `event-bus/${name}`),
  bucket: (name: string) => `arn:${Aws.PARTITION}:s3:::${name}`,
  object: (bucket: string, key: string) => `arn:${Aws.PARTITION}:s3:::${bucket}/${key}`,
  repository: (region: string, name: string) => arn('ecr', region, `repository/${name}`),
  service: (region: string, cluster: string, service: string) =>
    arn('ecs', region, `service/${cluster}/${service}`),
  cluster: (region: string, name: string) => arn('ecs', region, `cluster/${name}`),
  tasks: (region: string, cluster: string) => arn('ecs', region, `task/${cluster}/*`),
  taskDefinitions: (region: string) => arn('ecs', region, 'task-definition/*'),
  function: (region: string, name: string) => arn('lambda', region, `function:${name}`),
  /** The role that the first replication rule of an account makes AWS create. */
  ecrReplicationRole:
    `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/` +
    'replication.ecr.amazonaws.com/AWSServiceRoleForECRReplication',
  roles: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/*`,
} as const;
