import { storedItem, type Item } from './attribute-value.ts';
import { parseCondition, type Condition } from './condition-expression.ts';
import { conditionalCheckFailed, refuseParameters, validation } from './dynamodb-errors.ts';
import { evaluateCondition } from './evaluate-condition.ts';
import type { Placeholders } from './placeholders.ts';

/** What puts, updates and deletes have in common. */
export interface ConditionalWrite {
  readonly ConditionExpression?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

export function parseWriteCondition(
  input: ConditionalWrite,
  placeholders: Placeholders,
): Condition | undefined {
  refuseParameters(input, ['Expected', 'ConditionalOperator', 'AttributeUpdates']);
  const text = input.ConditionExpression;
  return text === undefined ? undefined : parseCondition(text, 'ConditionExpression', placeholders);
}

/** Refuses the write when its condition does not hold for the item that is there. */
export function checkCondition(
  condition: Condition | undefined,
  item: Item | undefined,
  input: ConditionalWrite,
): void {
  if (condition === undefined || evaluateCondition(condition, item ?? {})) return;
  const copy = item === undefined ? undefined : storedItem(item);
  throw conditionalCheckFailed(copy, input.ReturnValuesOnConditionCheckFailure);
}

/** Puts and deletes give back the old item or nothing. */
export function checkReturnValues(value: string | undefined): void {
  if (value === undefined || value === 'NONE' || value === 'ALL_OLD') return;
  throw validation('ReturnValues can only be ALL_OLD or NONE');
}
