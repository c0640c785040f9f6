import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { storedValue } from './attribute-value.ts';
import { validation } from './dynamodb-errors.ts';

/** What the expressions of one request share. */
export interface ExpressionInput {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

/** The `#names` and `:values` of one request; DynamoDB refuses those that no expression uses. */
export class Placeholders {
  readonly #names: Record<string, string>;
  readonly #values: Record<string, AttributeValue>;
  readonly #used = new Set<string>();

  constructor(input: ExpressionInput) {
    this.#names = input.ExpressionAttributeNames ?? {};
    this.#values = Object.fromEntries(
      Object.entries(input.ExpressionAttributeValues ?? {}).map(([key, value]) => [
        key,
        storedPlaceholder(key, value),
      ]),
    );
  }

  name(key: string, kind: string): string {
    this.#used.add(key);
    const name = this.#names[key];
    if (name === undefined) {
      throw validation(
        `Invalid ${kind}: An expression attribute name used in the document path is not ` +
          `defined; attribute name: ${key}`,
      );
    }
    return name;
  }

  value(key: string, kind: string): AttributeValue {
    this.#used.add(key);
    const value = this.#values[key];
    if (value === undefined) {
      throw validation(
        `Invalid ${kind}: An expression attribute value used in expression is not defined; ` +
          `attribute value: ${key}`,
      );
    }
    return value;
  }

  /** To call once every expression of the request was parsed. */
  refuseUnused(): void {
    this.#refuse('ExpressionAttributeNames', Object.keys(this.#names));
    this.#refuse('ExpressionAttributeValues', Object.keys(this.#values));
  }

  #refuse(what: string, keys: readonly string[]): void {
    const unused = keys.filter((key) => !this.#used.has(key));
    if (unused.length === 0) return;
    throw validation(
      `Value provided in ${what} unused in expressions: keys: {${unused.join(', ')}}`,
    );
  }
}

function storedPlaceholder(key: string, value: AttributeValue): AttributeValue {
  if (!/^:[A-Za-z0-9_]+$/.test(key)) {
    throw validation(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
  }
  return storedValue(value);
}
