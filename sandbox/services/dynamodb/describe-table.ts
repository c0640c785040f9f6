import type {
  DescribeTableInput,
  DescribeTableOutput,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../service-model.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';
import { itemSize } from './item-size.ts';
import type { Table } from './table.ts';

/** Reads the control plane's view of a table, with the replicas and witness of a global one. */
export function describeTable(
  model: DynamoDbModel,
): Operation<DescribeTableInput, DescribeTableOutput> {
  return {
    resources: (input, call) => [model.arn(call.region, input.TableName)],
    handle: (input, call) => ({
      Table: describeAs(model, call.region, model.describe(call.region, input.TableName)),
    }),
  };
}

/** The description of a table as one of its regions gives it. */
export function describeAs(model: DynamoDbModel, region: string, table: Table): TableDescription {
  const { options, store } = table;
  return {
    TableName: options.name,
    TableArn: model.arn(region, options.name),
    TableId: options.id,
    TableStatus: 'ACTIVE',
    CreationDateTime: new Date(options.createdAtMs),
    KeySchema: [...options.keySchema],
    AttributeDefinitions: [...options.attributeDefinitions],
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: 0,
      WriteCapacityUnits: 0,
    },
    DeletionProtectionEnabled: options.isDeletionProtected ?? false,
    ItemCount: store.count,
    TableSizeBytes: store.all().reduce((sum, item) => sum + itemSize(item), 0),
    ...describeGlobal(region, table),
  };
}

function describeGlobal(region: string, { options }: Table): Partial<TableDescription> {
  if (options.global === undefined) return {};
  const { replicas, witness } = options.global;
  return {
    GlobalTableVersion: '2019.11.21',
    MultiRegionConsistency: 'STRONG',
    // As in AWS, a replica lists the others, not itself.
    Replicas: replicas
      .filter((replica) => replica !== region)
      .map((RegionName) => ({ RegionName, ReplicaStatus: 'ACTIVE' })),
    ...(witness !== undefined && {
      GlobalTableWitnesses: [{ RegionName: witness, WitnessStatus: 'ACTIVE' }],
    }),
  };
}
