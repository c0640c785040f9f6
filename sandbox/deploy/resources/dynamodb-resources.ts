import type { AttributeDefinition, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import {
  listOf,
  onlyProperties,
  requiredText,
  type ResourceHandler,
  textOf,
} from '../resource-handler.ts';

/**
 * AWS::DynamoDB::GlobalTable. CloudFormation makes such a table with all its replicas; the API has
 * no single call for that, so the model is asked directly.
 */
export const globalTable: ResourceHandler = (properties, deployment) => {
  onlyProperties(properties, [
    'AttributeDefinitions',
    'BillingMode',
    'GlobalTableWitnesses',
    'KeySchema',
    'MultiRegionConsistency',
    'Replicas',
    'SSESpecification',
    // Nothing here reads a stream of changes.
    'StreamSpecification',
    'TableName',
    'WriteOnDemandThroughputSettings',
  ]);
  const name = textOf(properties, 'TableName') ?? deployment.generatedName(255);
  const [witness] = listOf(properties, 'GlobalTableWitnesses');
  const consistency = textOf(properties, 'MultiRegionConsistency');
  deployment.models.dynamodb.createGlobalTable({
    name,
    keySchema: listOf(properties, 'KeySchema') as unknown as readonly KeySchemaElement[],
    attributeDefinitions: listOf(
      properties,
      'AttributeDefinitions',
    ) as unknown as readonly AttributeDefinition[],
    replicas: listOf(properties, 'Replicas').map((replica) => requiredText(replica, 'Region')),
    witness: witness === undefined ? undefined : requiredText(witness, 'Region'),
    consistency: consistency === 'STRONG' ? 'STRONG' : 'EVENTUAL',
  });
  const { region, accountId } = deployment;
  const Arn = `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
  return Promise.resolve({ ref: name, attributes: { Arn } });
};
