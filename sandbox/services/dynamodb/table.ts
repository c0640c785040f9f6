import type { AttributeDefinition, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import type { Item } from './attribute-value.ts';
import { typeOf } from './attribute-value.ts';
import { notImplemented, validation } from './dynamodb-errors.ts';
import { ItemStore } from './item-store.ts';

/** How a table spans regions, with strong consistency (MRSC). */
interface GlobalTable {
  readonly replicas: readonly string[];
  readonly witness: string | undefined;
}

export interface TableOptions {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly createdAtMs: number;
  readonly id: string;
  readonly isDeletionProtected?: boolean;
  readonly global?: GlobalTable;
}

/** A table: its schema and its items, which the replicas of a global table share. */
export class Table {
  readonly options: TableOptions;
  readonly store: ItemStore;
  readonly #keyTypes: ReadonlyMap<string, string>;

  constructor(options: TableOptions) {
    this.options = options;
    const partition = keyName(options, 'HASH');
    if (partition === undefined) {
      throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
    }
    this.store = new ItemStore({ partition, sort: keyName(options, 'RANGE') });
    const keys = options.keySchema.map(({ AttributeName }) => AttributeName ?? '');
    this.#keyTypes = new Map(keys.map((name) => [name, keyType(options, name)]));
    refuseExtraAttributes(options, keys);
  }

  /** Refuses a key that lacks an attribute, has one too many or one of another type. */
  checkKey(key: Item): void {
    const hasKey = [...this.#keyTypes].every(([name, type]) => {
      const value = key[name];
      return value !== undefined && typeOf(value) === type;
    });
    if (!hasKey || Object.keys(key).length !== this.#keyTypes.size) {
      throw validation('The provided key element does not match the schema');
    }
    this.#refuseEmptyKeys(key);
  }

  checkItemKey(item: Item): void {
    for (const [name, type] of this.#keyTypes) {
      const value = item[name];
      if (value === undefined) {
        throw validation(
          `One or more parameter values were invalid: Missing the key ${name} in the item`,
        );
      }
      if (typeOf(value) !== type) {
        throw validation(
          `One or more parameter values were invalid: Type mismatch for key ${name} ` +
            `expected: ${type} actual: ${typeOf(value)}`,
        );
      }
    }
    this.#refuseEmptyKeys(item);
  }

  isKey(attribute: string): boolean {
    return this.#keyTypes.has(attribute);
  }

  #refuseEmptyKeys(item: Item): void {
    for (const name of this.#keyTypes.keys()) {
      const value = item[name];
      if (value?.S !== '' && value?.B?.length !== 0) continue;
      const kind = value.S === '' ? 'string' : 'binary';
      throw validation(
        'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
          `cannot contain an empty ${kind} value. Key: ${name}`,
      );
    }
  }
}

function keyName(options: TableOptions, type: 'HASH' | 'RANGE'): string | undefined {
  return options.keySchema.find(({ KeyType }) => KeyType === type)?.AttributeName;
}

function keyType({ attributeDefinitions }: TableOptions, name: string): string {
  const definition = attributeDefinitions.find(({ AttributeName }) => AttributeName === name);
  if (definition?.AttributeType === undefined) {
    const defined = attributeDefinitions.map(({ AttributeName }) => AttributeName).join(', ');
    throw validation(
      'One or more parameter values were invalid: Some index key attributes are not defined in ' +
        `AttributeDefinitions. Keys: [${name}], AttributeDefinitions: [${defined}]`,
    );
  }
  return definition.AttributeType;
}

function refuseExtraAttributes(options: TableOptions, keys: readonly string[]): void {
  if (options.attributeDefinitions.length <= keys.length) return;
  throw notImplemented('secondary indexes, which more AttributeDefinitions than keys call for');
}
