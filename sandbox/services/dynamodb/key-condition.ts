import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Condition, Operand } from './condition-expression.ts';
import { validation } from './dynamodb-errors.ts';
import type { KeyNames } from './item-store.ts';

export interface KeyCondition {
  readonly partition: AttributeValue;
  /** What the sort key must be; undefined takes the whole partition. */
  readonly sort: Condition | undefined;
}

/** Takes a parsed key condition apart; refuses what DynamoDB cannot answer from the keys alone. */
export function keyConditionOf(condition: Condition, keys: KeyNames): KeyCondition {
  const parts = condition.kind === 'and' ? [condition.left, condition.right] : [condition];
  const partition = parts.find((part) => attributeOf(part) === keys.partition);
  const sort = parts.find((part) => part !== partition);
  if (partition === undefined) {
    throw validation(`Query condition missed key schema element: ${keys.partition}`);
  }
  if (sort !== undefined) checkSort(sort, keys);
  if (partition.kind !== 'compare' || partition.comparator !== '=') {
    throw validation('Query key condition not supported');
  }
  return { partition: valueOf(partition.right), sort };
}

function checkSort(condition: Condition, keys: KeyNames): void {
  const { kind } = condition;
  if (kind === 'or' || kind === 'not') {
    throw validation(`Invalid operator used in KeyConditionExpression: ${kind.toUpperCase()}`);
  }
  if (kind === 'and') throw validation('Conditions can be of length 1 or 2 only');
  if (attributeOf(condition) !== keys.sort) {
    throw validation(`Query condition missed key schema element: ${keys.sort ?? keys.partition}`);
  }
  const isSupported =
    kind === 'between' ||
    kind === 'begins_with' ||
    (kind === 'compare' && condition.comparator !== '<>');
  if (!isSupported) throw validation('Query key condition not supported');
}

function attributeOf(condition: Condition): string | undefined {
  if (condition.kind === 'compare') return nameOf(condition.left);
  const { kind } = condition;
  return kind === 'between' || kind === 'begins_with' || kind === 'in' || kind === 'contains'
    ? nameOf(condition.operand)
    : undefined;
}

function nameOf(operand: Operand): string | undefined {
  if (operand.kind !== 'path' || operand.path.length !== 1) return undefined;
  return String(operand.path[0]);
}

function valueOf(operand: Operand): AttributeValue {
  if (operand.kind === 'value') return operand.value;
  throw validation('Query key condition not supported');
}
