import type { GetItemInput, GetItemOutput } from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../service-model.ts';
import { storedItem } from './attribute-value.ts';
import type { DynamoDbModel } from './dynamodb-model.ts';
import { refuseParameters } from './dynamodb-errors.ts';
import { Placeholders } from './placeholders.ts';
import { parseProjection, project } from './projection-expression.ts';

/** Reads one item; every read sees the latest write. */
export function getItem(model: DynamoDbModel): Operation<GetItemInput, GetItemOutput> {
  return {
    resources: (input, call) => [model.arn(call.region, input.TableName)],
    handle: (input, call) => {
      refuseParameters(input, ['AttributesToGet']);
      const placeholders = new Placeholders(input);
      const paths =
        input.ProjectionExpression === undefined
          ? undefined
          : parseProjection(input.ProjectionExpression, placeholders);
      placeholders.refuseUnused();
      const table = model.items(call, input.TableName);
      const key = storedItem(input.Key ?? {});
      table.checkKey(key);
      const item = table.store.get(key);
      if (item === undefined) return {};
      return { Item: storedItem(paths === undefined ? item : project(item, paths)) };
    },
  };
}
