import type { CreateHealthCheckCommandOutput } from '@aws-sdk/client-route-53';
import { onlyProperties, requiredText, type ResourceHandler } from '../resource-handler.ts';

/** AWS::Route53::HealthCheck. */
export const healthCheck: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['HealthCheckConfig', 'HealthCheckTags']);
  const output = await deployment.call('route53', 'CreateHealthCheck', {
    CallerReference: deployment.generatedName(64),
    HealthCheckConfig: properties['HealthCheckConfig'],
  });
  const HealthCheckId = (output as CreateHealthCheckCommandOutput).HealthCheck?.Id ?? '';
  return { ref: HealthCheckId, attributes: { HealthCheckId } };
};

/** AWS::Route53::RecordSet: the API nests the values and counts the TTL as a number. */
export const recordSet: ResourceHandler = async (properties, deployment) => {
  const { HostedZoneId, Comment, ResourceRecords, TTL, ...record } = properties;
  const values = ResourceRecords as readonly string[] | undefined;
  const ResourceRecordSet = {
    ...record,
    ...(TTL === undefined ? {} : { TTL: Number(TTL) }),
    ...(values === undefined ? {} : { ResourceRecords: values.map((Value) => ({ Value })) }),
  };
  await deployment.call('route53', 'ChangeResourceRecordSets', {
    HostedZoneId,
    ChangeBatch: { Comment, Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
  });
  return { ref: requiredText(properties, 'Name') };
};
