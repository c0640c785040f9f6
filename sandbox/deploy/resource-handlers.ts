import type { ResourceHandler } from './resource-handler.ts';
import { alarm } from './resources/cloudwatch-resources.ts';
import { globalTable } from './resources/dynamodb-resources.ts';
import { eventBus, rule } from './resources/events-resources.ts';
import { role, rolePolicy } from './resources/iam-resources.ts';
import { eventSourceMapping, lambdaFunction, permission } from './resources/lambda-resources.ts';
import { healthCheck, recordSet } from './resources/route53-resources.ts';
import { bucket, bucketPolicy } from './resources/s3-resources.ts';
import { schedule } from './resources/scheduler-resources.ts';
import { subscription, topic, topicPolicy } from './resources/sns-resources.ts';
import { queue, queuePolicy } from './resources/sqs-resources.ts';

/** Every type of resource that the local cloud creates. */
export const resourceHandlers: Readonly<Record<string, ResourceHandler>> = {
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::DynamoDB::GlobalTable': globalTable,
  'AWS::Events::EventBus': eventBus,
  'AWS::Events::Rule': rule,
  'AWS::IAM::Policy': rolePolicy,
  'AWS::IAM::Role': role,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': permission,
  'AWS::Route53::HealthCheck': healthCheck,
  'AWS::Route53::RecordSet': recordSet,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::Scheduler::Schedule': schedule,
};
