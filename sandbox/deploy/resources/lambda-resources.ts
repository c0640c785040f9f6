import type { CreateEventSourceMappingCommandOutput } from '@aws-sdk/client-lambda';
import {
  onlyProperties,
  type Properties,
  requiredText,
  type ResourceHandler,
  textOf,
} from '../resource-handler.ts';

/** What CreateFunction takes as it is. */
const configuration = [
  'Architectures',
  'Description',
  'Environment',
  'Handler',
  'LoggingConfig',
  'MemorySize',
  'Role',
  'Runtime',
  'Timeout',
];

/**
 * AWS::Lambda::Function. Its code lies in the cloud assembly: the directory of the asset stands
 * where AWS has the key of an object in the assets bucket.
 */
export const lambdaFunction: ResourceHandler = async (properties, deployment) => {
  // Lambda's guard against loops does not exist here, so its switch is passed over.
  onlyProperties(properties, ['Code', 'FunctionName', 'RecursiveLoop', ...configuration]);
  const { S3Bucket, S3Key } = properties['Code'] as Properties;
  const directory = deployment.assets.get(String(S3Key));
  if (directory === undefined) {
    throw new Error(`the cloud assembly has no asset ${String(S3Key)} for the code`);
  }
  const FunctionName = textOf(properties, 'FunctionName') ?? deployment.generatedName(64);
  await deployment.call('lambda', 'CreateFunction', {
    ...Object.fromEntries(configuration.map((name) => [name, properties[name]])),
    FunctionName,
    Code: { S3Bucket, S3Key: directory },
  });
  const { region, accountId } = deployment;
  const Arn = `arn:aws:lambda:${region}:${accountId}:function:${FunctionName}`;
  return { ref: FunctionName, attributes: { Arn } };
};

/** AWS::Lambda::EventSourceMapping; its properties are the members of the API's input. */
export const eventSourceMapping: ResourceHandler = async (properties, deployment) => {
  const output = await deployment.call('lambda', 'CreateEventSourceMapping', properties);
  const { UUID = '' } = output as CreateEventSourceMappingCommandOutput;
  return { ref: UUID, attributes: { Id: UUID } };
};

/** AWS::Lambda::Permission. */
export const permission: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn']);
  const StatementId = deployment.generatedName(100);
  await deployment.call('lambda', 'AddPermission', {
    ...properties,
    FunctionName: requiredText(properties, 'FunctionName'),
    StatementId,
  });
  return { ref: StatementId };
};
