import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from './attribute-value.ts';
import { validation } from './dynamodb-errors.ts';

/** 400 KB, names included. */
const ITEM_SIZE_MAX = 400 * 1_024;

/** Bytes as DynamoDB counts them for its limits. */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

export function checkItemSize(item: Item, message: string): void {
  if (itemSize(item) > ITEM_SIZE_MAX) throw validation(message);
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return value.B.length;
  // Each element costs a byte, each document three.
  if (value.L !== undefined) return 3 + sum(value.L.map((element) => 1 + valueSize(element)));
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemSize(value.M);
  if (value.SS !== undefined) return sum(value.SS.map((text) => Buffer.byteLength(text)));
  if (value.NS !== undefined) return sum(value.NS.map(numberSize));
  if (value.BS !== undefined) return sum(value.BS.map((bytes) => bytes.length));
  return 1;
}

function numberSize(text: string): number {
  return Math.ceil(text.replaceAll(/[^0-9]/g, '').length / 2) + (text.startsWith('-') ? 2 : 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
