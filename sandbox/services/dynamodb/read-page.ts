import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { storedItem, type Item } from './attribute-value.ts';
import { parseCondition, type Condition } from './condition-expression.ts';
import { refuseParameters, validation } from './dynamodb-errors.ts';
import { evaluateCondition } from './evaluate-condition.ts';
import { itemSize } from './item-size.ts';
import type { ItemStore } from './item-store.ts';
import type { ExpressionInput, Placeholders } from './placeholders.ts';
import { parseProjection, project } from './projection-expression.ts';
import type { Path } from './token-stream.ts';

/** A query or scan reads at most 1 MB before its filter. */
const PAGE_BYTES_MAX = 1_024 * 1_024;

/** What queries and scans have in common. */
export interface PageInput extends ExpressionInput {
  readonly FilterExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly Limit?: number | undefined;
  readonly Select?: string | undefined;
}

export interface PageOutput {
  Items?: Item[];
  Count: number;
  ScannedCount: number;
  LastEvaluatedKey?: Record<string, AttributeValue>;
}

export interface PageRules {
  readonly filter: Condition | undefined;
  readonly projection: readonly Path[] | undefined;
  readonly limit: number;
  readonly isCountOnly: boolean;
}

export function parsePageRules(input: PageInput, placeholders: Placeholders): PageRules {
  refuseParameters(input, [
    ...['AttributesToGet', 'ConditionalOperator', 'IndexName', 'KeyConditions'],
    ...['QueryFilter', 'ScanFilter', 'Segment', 'TotalSegments'],
  ]);
  const { FilterExpression: filter, ProjectionExpression: projection, Limit, Select } = input;
  if (Limit !== undefined && Limit < 1) {
    throw validation(
      `1 validation error detected: Value '${Limit}' at 'limit' failed to satisfy constraint: ` +
        'Member must have value greater than or equal to 1',
    );
  }
  return {
    filter:
      filter === undefined ? undefined : parseCondition(filter, 'FilterExpression', placeholders),
    projection: projection === undefined ? undefined : parseProjection(projection, placeholders),
    limit: Limit ?? Infinity,
    isCountOnly: Select === 'COUNT',
  };
}

/** One page of items that stand in the order of reading, after the exclusive start key. */
export function readPage(items: readonly Item[], store: ItemStore, rules: PageRules): PageOutput {
  const read: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    if (read.length >= rules.limit || bytes >= PAGE_BYTES_MAX) break;
    bytes += itemSize(item);
    read.push(item);
  }
  const { filter, projection } = rules;
  const found =
    filter === undefined ? read : read.filter((item) => evaluateCondition(filter, item));
  const last = read.at(-1);
  // DynamoDB stops at the limit without looking whether more follows: the last key may be final.
  const isCut = read.length < items.length || read.length === rules.limit;
  return {
    ...(!rules.isCountOnly && {
      Items: found.map((item) =>
        storedItem(projection === undefined ? item : project(item, projection)),
      ),
    }),
    Count: found.length,
    ScannedCount: read.length,
    ...(isCut && last !== undefined && { LastEvaluatedKey: storedItem(store.keyOf(last)) }),
  };
}
