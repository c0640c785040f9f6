import type { CreateQueueCommandOutput } from '@aws-sdk/client-sqs';
import { onlyProperties, type ResourceHandler, textOf, textsOf } from '../resource-handler.ts';

const queueAttributes = [
  'DelaySeconds',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

/** AWS::SQS::Queue; its attributes have the same names in the API, but every value is a text. */
export const queue: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['QueueName', ...queueAttributes]);
  const QueueName = textOf(properties, 'QueueName') ?? deployment.generatedName(80);
  const Attributes = Object.fromEntries(
    queueAttributes
      .filter((name) => properties[name] !== undefined)
      .map((name) => [name, attributeText(properties[name])]),
  );
  const output = await deployment.call('sqs', 'CreateQueue', { QueueName, Attributes });
  const { QueueUrl = '' } = output as CreateQueueCommandOutput;
  const { region, accountId } = deployment;
  const Arn = `arn:aws:sqs:${region}:${accountId}:${QueueName}`;
  return { ref: QueueUrl, attributes: { Arn, QueueName, QueueUrl } };
};

/** AWS::SQS::QueuePolicy. */
export const queuePolicy: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['PolicyDocument', 'Queues']);
  const Policy = JSON.stringify(properties['PolicyDocument']);
  for (const QueueUrl of textsOf(properties, 'Queues')) {
    await deployment.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  }
  return { ref: deployment.logicalId };
};

function attributeText(value: unknown): string {
  return typeof value === 'object'
    ? JSON.stringify(value)
    : `${value as string | number | boolean}`;
}
