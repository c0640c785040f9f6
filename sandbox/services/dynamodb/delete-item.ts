import type { DeleteItemInput, DeleteItemOutput } from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../service-model.ts';
import { storedItem } from './attribute-value.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';
import { Placeholders } from './placeholders.ts';
import { checkCondition, checkReturnValues, parseWriteCondition } from './write-condition.ts';

/** Takes an item away; one that is not there counts as taken. */
export function deleteItem(model: DynamoDbModel): Operation<DeleteItemInput, DeleteItemOutput> {
  return {
    resources: (input, call) => [model.arn(call.region, input.TableName)],
    handle: (input, call) => {
      checkReturnValues(input.ReturnValues);
      const placeholders = new Placeholders(input);
      const condition = parseWriteCondition(input, placeholders);
      placeholders.refuseUnused();
      const table = model.items(call, input.TableName);
      const key = storedItem(input.Key ?? {});
      table.checkKey(key);
      const old = table.store.get(key);
      checkCondition(condition, old, input);
      table.store.delete(key);
      return input.ReturnValues === 'ALL_OLD' && old !== undefined ? { Attributes: old } : {};
    },
  };
}
