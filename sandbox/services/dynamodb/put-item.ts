import type { PutItemInput, PutItemOutput } from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../service-model.ts';
import { storedItem } from './attribute-value.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';
import { checkItemSize } from './item-size.ts';
import { Placeholders } from './placeholders.ts';
import { checkCondition, checkReturnValues, parseWriteCondition } from './write-condition.ts';

/** Writes a whole item in place of the one with its key. */
export function putItem(model: DynamoDbModel): Operation<PutItemInput, PutItemOutput> {
  return {
    resources: (input, call) => [model.arn(call.region, input.TableName)],
    handle: (input, call) => {
      checkReturnValues(input.ReturnValues);
      const placeholders = new Placeholders(input);
      const condition = parseWriteCondition(input, placeholders);
      placeholders.refuseUnused();
      const table = model.items(call, input.TableName);
      const item = storedItem(input.Item ?? {});
      table.checkItemKey(item);
      checkItemSize(item, 'Item size has exceeded the maximum allowed size');
      const old = table.store.get(item);
      checkCondition(condition, old, input);
      table.store.put(item);
      return input.ReturnValues === 'ALL_OLD' && old !== undefined ? { Attributes: old } : {};
    },
  };
}
