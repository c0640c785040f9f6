import { Cloud } from './cloud.ts';
import type { CloudOptions } from './cloud.ts';
import type { FunctionRuntime } from './lambda-runtime/function-runtime.ts';
import type { Call } from './service-model.ts';
import { CloudWatchModel } from './services/cloudwatch/cloudwatch-model.ts';
import { DynamoDbModel } from './services/dynamodb/dynamodb-model.ts';
import { EcrModel } from './services/ecr/ecr-model.ts';
import type { Replicate } from './services/ecr/image-replication.ts';
import { EcsModel } from './services/ecs/ecs-model.ts';
import { LoadBalancerModel } from './services/elasticloadbalancingv2/load-balancer-model.ts';
import { EventBridgeModel } from './services/eventbridge/eventbridge-model.ts';
import { LambdaModel } from './services/lambda/lambda-model.ts';
import { Route53Model } from './services/route53/route53-model.ts';
import { S3Model } from './services/s3/s3-model.ts';
import { SchedulerModel } from './services/scheduler/scheduler-model.ts';
import { SnsModel } from './services/sns/sns-model.ts';
import { SqsModel } from './services/sqs/sqs-model.ts';
import { StsModel } from './services/sts/sts-model.ts';

/** The local cloud with all its models; tests and `deploy` seed state through `models`. */
export interface BuiltCloud {
  readonly cloud: Cloud;
  readonly models: Models;
}

export type Models = ReturnType<typeof buildModels>;

export interface BuildOptions extends CloudOptions {
  /** Where the gateway listens, because queue URLs name it; may be asked late. */
  readonly queueUrlBase?: () => string;
  /** Runs deployed functions; without one only seeded functions run. */
  readonly runtime?: FunctionRuntime;
}

/** Queue URLs of a cloud without a gateway, as in rehearsals: nothing listens there. */
const noGateway = (): string => 'http://127.0.0.1:4566';

/** Makes every model, tells the hub of them and registers their operations. */
export function buildCloud(options: BuildOptions): BuiltCloud {
  const cloud = new Cloud(options);
  const models = buildModels(cloud, options);
  cloud.hub.connect(models);
  for (const model of Object.values(models)) cloud.register(model.service);
  return { cloud, models };
}

function buildModels(cloud: Cloud, { queueUrlBase = noGateway, runtime }: BuildOptions) {
  const { world, hub, accountId } = cloud;
  const options = { accountId };
  const sqs = new SqsModel(world, hub, { ...options, queueUrlBase });
  return {
    cloudwatch: new CloudWatchModel(world, hub, { ...options, publish: alarmAction(cloud) }),
    dynamodb: new DynamoDbModel(world, hub, options),
    ecr: new EcrModel(world, hub, { ...options, replicate: imageReplication(cloud) }),
    ecs: new EcsModel(world, hub, options),
    elasticloadbalancingv2: new LoadBalancerModel(world, hub, options),
    eventbridge: new EventBridgeModel(world, hub, options),
    lambda: new LambdaModel(world, hub, {
      ...options,
      queues: sqs,
      mayDo: (roleArn, action, resource) => mayDo(cloud, roleArn, action, resource),
      ...(runtime !== undefined && { runtime }),
    }),
    route53: new Route53Model(world, hub, options),
    s3: new S3Model(world, hub, { ...options, mayList: bucketListing(cloud) }),
    scheduler: new SchedulerModel(world, hub, options),
    sns: new SnsModel(world, hub, options),
    sqs,
    sts: new StsModel(),
  };
}

/** An alarm publishes to a topic of its region, as its action says. */
function alarmAction(cloud: Cloud) {
  return (topicArn: string, subject: string, message: string): void => {
    const region = topicArn.split(':')[3] ?? '';
    const input = { TopicArn: topicArn, Subject: subject, Message: message };
    const call = { service: 'sns', operation: 'Publish', input, region, principal: { region } };
    // CloudWatch gives up silently on a topic that refuses; the call log keeps the refusal.
    cloud.call(call).catch(() => undefined);
  };
}

/** ECR brings images to other regions by calls of its own, which faults hit like any other. */
function imageReplication(cloud: Cloud): Replicate {
  return (input, region) => {
    const principal = { region: input.sourceRegion };
    return cloud.call({ service: 'ecr', operation: 'ReplicateImage', input, region, principal });
  };
}

/** Whether S3 tells a caller that a key is not there, or only that it is forbidden. */
function bucketListing(cloud: Cloud) {
  return ({ principal, region }: Call, bucketArn: string): boolean => {
    if (principal.roleArn === undefined) return true;
    const access = { action: 's3:ListBucket', resources: [bucketArn] };
    return cloud.iam.decide(principal.roleArn, region, access).allowed;
  };
}

/** @param resource an ARN, whose region is that of the call */
function mayDo(cloud: Cloud, roleArn: string, action: string, resource: string): boolean {
  const region = resource.split(':')[3] ?? '';
  return cloud.iam.decide(roleArn, region, { action, resources: [resource] }).allowed;
}
