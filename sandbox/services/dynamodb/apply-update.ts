import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { addNumbers, storedItem, storedValue, typeOf, type Item } from './attribute-value.ts';
import { removeAt, setAt, valueAt } from './document-path.ts';
import { validation } from './dynamodb-errors.ts';
import type { Path } from './token-stream.ts';
import type { Update, UpdateOperand } from './update-expression.ts';

/** The item after an update; every operand is read from the item as it was before. */
export function applyUpdate(update: Update, before: Item): Item {
  const after = storedItem(before);
  const set = update.set.map(({ path, operand }) => ({ path, value: evaluate(operand, before) }));
  const add = update.add.map(({ path, value }) => ({ path, value: added(before, path, value) }));
  // In order of index, so that several new elements of a list keep their order behind its end.
  for (const { path, value } of [...set, ...add].sort(byLastIndex)) {
    setAt(after, path, storedValue(value));
  }
  // Highest index first: the indexes name the elements of the list as it was before.
  for (const path of [...update.remove].sort((a, b) => lastIndex(b) - lastIndex(a))) {
    removeAt(after, path);
  }
  return after;
}

function evaluate(operand: UpdateOperand, item: Item): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path': {
      const value = valueAt(item, operand.path);
      if (value !== undefined) return value;
      throw validation(
        'The provided expression refers to an attribute that does not exist in the item',
      );
    }
    case 'if_not_exists':
      return valueAt(item, operand.path) ?? evaluate(operand.otherwise, item);
    case 'list_append': {
      const [left, right] = [evaluate(operand.left, item), evaluate(operand.right, item)];
      if (left.L === undefined || right.L === undefined) throw incorrectType();
      return { L: [...left.L, ...right.L] };
    }
    case '+':
    case '-': {
      const [left, right] = [evaluate(operand.left, item), evaluate(operand.right, item)];
      if (left.N === undefined || right.N === undefined) throw incorrectType();
      return addNumbers(left.N, right.N, operand.kind === '+' ? 1n : -1n);
    }
  }
}

function added(item: Item, path: Path, value: AttributeValue): AttributeValue {
  const present = valueAt(item, path);
  const type = typeOf(value);
  if (type !== 'N' && type !== 'SS' && type !== 'NS' && type !== 'BS') {
    throw validation(
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, ' +
        `operand type: ${typeNames[type]}, typeSet: ALLOWED_FOR_ADD_OPERAND`,
    );
  }
  if (present === undefined) return value;
  if (present.N !== undefined && value.N !== undefined) return addNumbers(present.N, value.N, 1n);
  if (present.SS !== undefined && value.SS !== undefined) {
    return { SS: [...new Set([...present.SS, ...value.SS])] };
  }
  if (present.NS !== undefined && value.NS !== undefined) {
    return { NS: [...new Set([...present.NS, ...value.NS])] };
  }
  if (present.BS !== undefined && value.BS !== undefined) {
    const held = present.BS;
    const isNew = (bytes: Uint8Array) => !held.some((other) => Buffer.compare(other, bytes) === 0);
    return { BS: [...held, ...value.BS.filter(isNew)] };
  }
  throw incorrectType();
}

const typeNames = {
  S: 'STRING',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  L: 'LIST',
  M: 'MAP',
} as const;

function incorrectType(): Error {
  return validation('An operand in the update expression has an incorrect data type');
}

function byLastIndex(left: { readonly path: Path }, right: { readonly path: Path }): number {
  return lastIndex(left.path) - lastIndex(right.path);
}

function lastIndex(path: Path): number {
  const step = path.at(-1);
  return typeof step === 'number' ? step : MAP_KEYS_LAST;
}

/** Above every list index: DynamoDB's lists hold fewer elements than an item holds bytes. */
const MAP_KEYS_LAST = 1_000_000;
