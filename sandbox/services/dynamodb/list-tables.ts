import type { ListTablesInput, ListTablesOutput } from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../service-model.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';

const PAGE_MAX = 100;

/** Lists names in pages; the last name of a page starts the next. */
export function listTables(model: DynamoDbModel): Operation<ListTablesInput, ListTablesOutput> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const start = input.ExclusiveStartTableName ?? '';
      const names = model.tableNames(call.region).filter((name) => name > start);
      const page = names.slice(0, input.Limit ?? PAGE_MAX);
      const last = page.at(-1);
      return {
        TableNames: page,
        ...(page.length < names.length && last !== undefined && { LastEvaluatedTableName: last }),
      };
    },
  };
}
