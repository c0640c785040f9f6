import type { ScanInput, ScanOutput } from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../service-model.ts';
import { storedItem } from './attribute-value.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';
import { Placeholders } from './placeholders.ts';
import { parsePageRules, readPage } from './read-page.ts';

/** Reads a whole table in pages, partitions in no order that means anything. */
export function scan(model: DynamoDbModel): Operation<ScanInput, ScanOutput> {
  return {
    resources: (input, call) => [model.arn(call.region, input.TableName)],
    handle: (input, call) => {
      const placeholders = new Placeholders(input);
      const rules = parsePageRules(input, placeholders);
      placeholders.refuseUnused();
      const table = model.items(call, input.TableName);
      const { store } = table;
      if (input.ExclusiveStartKey === undefined) return readPage(store.all(), store, rules);
      const start = storedItem(input.ExclusiveStartKey);
      table.checkKey(start);
      const rest = store.all().filter((item) => store.compareScanned(item, start) > 0);
      return readPage(rest, store, rules);
    },
  };
}
