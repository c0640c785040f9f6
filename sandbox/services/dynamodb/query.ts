import type { QueryInput, QueryOutput } from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../service-model.ts';
import { storedItem } from './attribute-value.ts';
import { parseCondition } from './condition-expression.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';
import { validation } from './dynamodb-errors.ts';
import { evaluateCondition } from './evaluate-condition.ts';
import { keyConditionOf } from './key-condition.ts';
import { Placeholders } from './placeholders.ts';
import { parsePageRules, readPage } from './read-page.ts';

/** Reads items of one partition in order of their sort key. */
export function query(model: DynamoDbModel): Operation<QueryInput, QueryOutput> {
  return {
    resources: (input, call) => [model.arn(call.region, input.TableName)],
    handle: (input, call) => {
      const placeholders = new Placeholders(input);
      const rules = parsePageRules(input, placeholders);
      if (input.KeyConditionExpression === undefined) {
        throw validation(
          'Either the KeyConditions or KeyConditionExpression parameter must be specified in the ' +
            'request.',
        );
      }
      const condition = parseCondition(
        input.KeyConditionExpression,
        'KeyConditionExpression',
        placeholders,
      );
      placeholders.refuseUnused();
      const table = model.items(call, input.TableName);
      const { store } = table;
      const { partition, sort } = keyConditionOf(condition, store.keys);
      const matching = store
        .partition(partition)
        .filter((item) => sort === undefined || evaluateCondition(sort, item));
      const isForward = input.ScanIndexForward ?? true;
      const ordered = isForward ? matching : [...matching].reverse();
      const start = input.ExclusiveStartKey && storedItem(input.ExclusiveStartKey);
      if (start === undefined) return readPage(ordered, store, rules);
      table.checkKey(start);
      const direction = isForward ? 1 : -1;
      const rest = ordered.filter((item) => store.compareSorted(item, start) * direction > 0);
      return readPage(rest, store, rules);
    },
  };
}
