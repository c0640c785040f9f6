import { compileLeaf, invalidPattern, leavesOf } from './pattern-operators.ts';

/** Whether an event (the whole envelope) matches a pattern. */
export type EventMatcher = (event: unknown) => boolean;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Turns an event pattern into a matcher, with EventBridge's rules: all fields must match, one of
 * the values of a field suffices, an array in the event matches when one of its elements does.
 * @throws ServiceError InvalidEventPatternException, naming what is wrong and where
 */
export function compilePattern(text: string): EventMatcher {
  const pattern = parse(text);
  if (!isObject(pattern)) throw invalidPattern('Filter is not an object');
  if (Object.keys(pattern).length === 0) throw invalidPattern('Empty event pattern is not allowed');
  return compileFields(pattern, '');
}

/** Fields of one object of the pattern; elements of an array in the event match one by one. */
function compileFields(pattern: JsonObject, path: string): EventMatcher {
  const fields = Object.entries(pattern).map(([key, value]) => compileField(key, value, path));
  const matchesAll: EventMatcher = (value) => fields.every((matches) => matches(value));
  return (value) => {
    if (!Array.isArray(value) || value.length === 0) return matchesAll(value);
    return value.some((element) => matchesAll(element));
  };
}

function compileField(key: string, value: unknown, path: string): EventMatcher {
  const where = path === '' ? key : `${path}.${key}`;
  if (key === '$or') return compileOr(value, path);
  if (Array.isArray(value)) return compileValues(key, value, where);
  if (!isObject(value)) throw invalidPattern(`"${where}" must be an object or an array`);
  if (Object.keys(value).length === 0) {
    throw invalidPattern(`Empty objects are not allowed, at "${where}"`);
  }
  const matches = compileFields(value, where);
  return (event) => matches(fieldOf(event, key));
}

function compileValues(key: string, values: readonly unknown[], where: string): EventMatcher {
  if (values.length === 0) throw invalidPattern(`Empty arrays are not allowed, at "${where}"`);
  const alternatives = values.map((value) => compileLeaf(value, where));
  return (event) => {
    const leaves = leavesOf(fieldOf(event, key));
    return alternatives.some((matches) => matches(leaves));
  };
}

function compileOr(value: unknown, path: string): EventMatcher {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) {
    throw invalidPattern('"$or" must be an array of at least two objects');
  }
  const alternatives = value.map((alternative) => compileFields(alternative, path));
  return (event) => alternatives.some((matches) => matches(event));
}

function fieldOf(event: unknown, key: string): unknown {
  return isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it is not JSON';
    throw invalidPattern(`Invalid JSON: ${why}`);
  }
}
