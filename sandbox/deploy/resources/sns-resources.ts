import type { CreateTopicCommandOutput, SubscribeCommandOutput } from '@aws-sdk/client-sns';
import {
  onlyProperties,
  requiredText,
  type ResourceHandler,
  textOf,
  textsOf,
} from '../resource-handler.ts';

/** AWS::SNS::Topic. Encryption is not done here, so the key is not handed on. */
export const topic: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['DisplayName', 'KmsMasterKeyId', 'TopicName']);
  const Name = textOf(properties, 'TopicName') ?? deployment.generatedName(256);
  const DisplayName = textOf(properties, 'DisplayName');
  const Attributes = DisplayName === undefined ? {} : { DisplayName };
  const output = await deployment.call('sns', 'CreateTopic', { Name, Attributes });
  const { TopicArn = '' } = output as CreateTopicCommandOutput;
  return { ref: TopicArn, attributes: { TopicArn, TopicName: Name } };
};

/** AWS::SNS::TopicPolicy. */
export const topicPolicy: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['PolicyDocument', 'Topics']);
  for (const TopicArn of textsOf(properties, 'Topics')) {
    await deployment.call('sns', 'SetTopicAttributes', {
      TopicArn,
      AttributeName: 'Policy',
      AttributeValue: JSON.stringify(properties['PolicyDocument']),
    });
  }
  return { ref: deployment.logicalId };
};

/** AWS::SNS::Subscription. */
export const subscription: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['Endpoint', 'Protocol', 'TopicArn']);
  const output = await deployment.call('sns', 'Subscribe', {
    TopicArn: requiredText(properties, 'TopicArn'),
    Protocol: requiredText(properties, 'Protocol'),
    Endpoint: requiredText(properties, 'Endpoint'),
    ReturnSubscriptionArn: true,
  });
  const { SubscriptionArn: Arn = '' } = output as SubscribeCommandOutput;
  return { ref: Arn, attributes: { Arn } };
};
