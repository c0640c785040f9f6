import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { addDecimals, compareDecimals, formatDecimal, parseDecimal } from './decimal.ts';
import { validation } from './dynamodb-errors.ts';

export type Item = Record<string, AttributeValue>;
export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';

const types = ['S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS'] as const;

export function typeOf(value: AttributeValue): ValueType {
  const present = types.filter((type) => type in value && value[type] !== undefined);
  const [type] = present;
  if (type === undefined) {
    throw validation(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    );
  }
  if (present.length > 1) {
    throw validation(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the ' +
        'supported datatypes',
    );
  }
  return type;
}

/** A copy of its own, numbers in the form in which DynamoDB stores them. */
export function storedValue(value: AttributeValue): AttributeValue {
  if (isText(value)) return { S: value.S };
  typeOf(value);
  if (value.N !== undefined) return { N: formatDecimal(parseDecimal(value.N)) };
  if (value.B !== undefined) return { B: Uint8Array.from(value.B) };
  if (value.L !== undefined) return { L: value.L.map(storedValue) };
  if (value.M !== undefined) return { M: storedItem(value.M) };
  if (value.SS !== undefined) return { SS: set('string', value.SS) };
  if (value.NS !== undefined) {
    return {
      NS: set(
        'number',
        value.NS.map((text) => formatDecimal(parseDecimal(text))),
      ),
    };
  }
  if (value.BS !== undefined) {
    const texts = set(
      'binary',
      value.BS.map((bytes) => Buffer.from(bytes).toString('base64')),
    );
    return { BS: texts.map((text) => Uint8Array.from(Buffer.from(text, 'base64'))) };
  }
  if (value.NULL !== undefined && !value.NULL) {
    throw validation(
      'One or more parameter values were invalid: Null attribute value types must have the value ' +
        'of true',
    );
  }
  return { ...value };
}

export function storedItem(item: Item): Item {
  const stored: Item = {};
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value !== undefined) stored[name] = storedValue(value);
  }
  return stored;
}

/** The usual value, so it has a way of its own: documents of the journal are made of texts. */
function isText(value: AttributeValue): value is AttributeValue.SMember {
  return typeof value.S === 'string' && Object.keys(value).length === 1;
}

export function isEqual(left: AttributeValue, right: AttributeValue): boolean {
  if (typeOf(left) !== typeOf(right)) return false;
  return canonical(left) === canonical(right);
}

/** Order of two values of one ordered type; undefined when they have no order. */
export function compare(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.S !== undefined && right.S !== undefined) return compareBytes(left.S, right.S);
  if (left.B !== undefined && right.B !== undefined) return Buffer.compare(left.B, right.B);
  if (left.N !== undefined && right.N !== undefined) {
    return compareDecimals(parseDecimal(left.N), parseDecimal(right.N));
  }
  return undefined;
}

/** What the function `size` of expressions gives; undefined where it has no meaning. */
export function sizeOf(value: AttributeValue): number | undefined {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  if (value.M !== undefined) return Object.keys(value.M).length;
  return (value.SS ?? value.NS ?? value.BS ?? value.L)?.length;
}

export function addNumbers(left: string, right: string, sign: 1n | -1n): AttributeValue {
  return { N: formatDecimal(addDecimals(parseDecimal(left), parseDecimal(right), sign)) };
}

/** A text that is the same for equal values, whatever the order of map keys and set members. */
export function canonical(value: AttributeValue): string {
  if (value.N !== undefined) return `N${formatDecimal(parseDecimal(value.N))}`;
  if (value.B !== undefined) return `B${Buffer.from(value.B).toString('hex')}`;
  if (value.L !== undefined) return `L[${value.L.map(canonical).join()}]`;
  if (value.M !== undefined) {
    const entries = Object.entries(value.M).map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`);
    return `M{${entries.sort().join()}}`;
  }
  if (value.SS !== undefined) return `SS${JSON.stringify([...value.SS].sort())}`;
  if (value.NS !== undefined)
    return `NS${value.NS.map((N) => canonical({ N }))
      .sort()
      .join()}`;
  if (value.BS !== undefined)
    return `BS${value.BS.map((B) => canonical({ B }))
      .sort()
      .join()}`;
  return JSON.stringify(value);
}

/** In order of UTF-8 bytes, which JavaScript's own order is but for surrogate pairs. */
function compareBytes(left: string, right: string): number {
  if (left === right) return 0;
  if (!surrogates.test(left) && !surrogates.test(right)) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const surrogates = /[\ud800-\udfff]/;

function set(kind: string, members: readonly string[]): string[] {
  if (members.length === 0) {
    throw validation(`One or more parameter values were invalid: An ${kind} set  may not be empty`);
  }
  if (new Set(members).size < members.length) {
    throw validation(
      `One or more parameter values were invalid: Input collection [${members.join(', ')}] ` +
        'contains duplicates.',
    );
  }
  return [...members].sort();
}
