import type { CreateTableInput, CreateTableOutput } from '@aws-sdk/client-dynamodb';
import { ServiceError, type Operation } from '../../service-model.ts';
import { describeAs } from './describe-table.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';
import { refuseParameters, validation } from './dynamodb-errors.ts';

/** Makes a table of one region; it is active at once. */
export function createTable(model: DynamoDbModel): Operation<CreateTableInput, CreateTableOutput> {
  return {
    resources: (input, call) => [model.arn(call.region, input.TableName)],
    handle: (input, call) => {
      refuseParameters(input, [
        'LocalSecondaryIndexes',
        'GlobalSecondaryIndexes',
        'ResourcePolicy',
        'GlobalTableSourceArn',
      ]);
      const name = input.TableName ?? '';
      if (!/^[A-Za-z0-9_.-]{3,255}$/.test(name)) {
        throw validation(
          'TableName must be at least 3 characters long and at most 255 characters long',
        );
      }
      if (model.tableNames(call.region).includes(name)) {
        throw new ServiceError('ResourceInUseException', `Table already exists: ${name}`);
      }
      const table = model.createRegionalTable(call.region, {
        name,
        keySchema: input.KeySchema ?? [],
        attributeDefinitions: input.AttributeDefinitions ?? [],
        isDeletionProtected: input.DeletionProtectionEnabled ?? false,
      });
      return { TableDescription: describeAs(model, call.region, table) };
    },
  };
}
