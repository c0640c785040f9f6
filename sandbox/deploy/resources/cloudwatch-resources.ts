import { type ResourceHandler, textOf } from '../resource-handler.ts';

/** AWS::CloudWatch::Alarm; its properties are the members of PutMetricAlarm. */
export const alarm: ResourceHandler = async (properties, deployment) => {
  const AlarmName = textOf(properties, 'AlarmName') ?? deployment.generatedName(255);
  await deployment.call('cloudwatch', 'PutMetricAlarm', { ...properties, AlarmName });
  const { region, accountId } = deployment;
  const Arn = `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}`;
  return { ref: AlarmName, attributes: { Arn } };
};
