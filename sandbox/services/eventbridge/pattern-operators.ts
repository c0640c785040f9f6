import { BlockList, isIP } from 'node:net';
import { ServiceError } from '../../service-model.ts';

export type Scalar = string | number | boolean | null;

/** Whether the leaves that an event has at one place match one alternative of a pattern. */
type LeafMatcher = (leaves: readonly Scalar[]) => boolean;
type ScalarTest = (leaf: Scalar) => boolean;

/** What an event has at one place; objects are no leaves, and an empty array has none. */
export function leavesOf(value: unknown): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap((element: unknown) => leavesOf(element));
  return isScalar(value) ? [value] : [];
}

/** One alternative: a plain value or an operator such as `{ "prefix": "us-" }`. */
export function compileLeaf(value: unknown, where: string): LeafMatcher {
  if (isScalar(value)) return (leaves) => leaves.includes(value);
  const [name, argument] = onlyEntry(value, where);
  if (name === 'exists') return compileExists(argument, where);
  const test = compileOperator(name, argument, where);
  return (leaves) => leaves.some(test);
}

/** Refuses a pattern in EventBridge's own words. */
export function invalidPattern(reason: string): ServiceError {
  return new ServiceError(
    'InvalidEventPatternException',
    `Event pattern is not valid. Reason: ${reason}`,
  );
}

function compileOperator(name: string, argument: unknown, where: string): ScalarTest {
  switch (name) {
    case 'prefix':
      return compileEnd(argument, where, (text, end) => text.startsWith(end));
    case 'suffix':
      return compileEnd(argument, where, (text, end) => text.endsWith(end));
    case 'equals-ignore-case':
      return equalsIgnoreCase(textOf(argument, where));
    case 'wildcard':
      return compileWildcard(textOf(argument, where), where);
    case 'cidr':
      return compileCidr(textOf(argument, where), where);
    case 'numeric':
      return compileNumeric(argument, where);
    case 'anything-but':
      return compileAnythingBut(argument, where);
    default:
      throw invalidPattern(`Unrecognized match type ${name}, at "${where}"`);
  }
}

function compileExists(argument: unknown, where: string): LeafMatcher {
  if (typeof argument !== 'boolean') {
    throw invalidPattern(`exists match pattern must be either true or false, at "${where}"`);
  }
  return (leaves) => leaves.length > 0 === argument;
}

/** A prefix or suffix, either as it stands or `{ "equals-ignore-case": ... }`. */
function compileEnd(
  argument: unknown,
  where: string,
  holds: (text: string, end: string) => boolean,
): ScalarTest {
  if (typeof argument === 'string') {
    return (leaf) => typeof leaf === 'string' && holds(leaf, argument);
  }
  const [name, inner] = onlyEntry(argument, where);
  if (name !== 'equals-ignore-case') {
    throw invalidPattern(`Unsupported anything-but, prefix or suffix match ${name}, at "${where}"`);
  }
  const end = textOf(inner, where).toLowerCase();
  return (leaf) => typeof leaf === 'string' && holds(leaf.toLowerCase(), end);
}

function equalsIgnoreCase(text: string): ScalarTest {
  const wanted = text.toLowerCase();
  return (leaf) => typeof leaf === 'string' && leaf.toLowerCase() === wanted;
}

/** `*` stands for any characters, `\*` for a star; two stars in a row are refused as in AWS. */
function compileWildcard(pattern: string, where: string): ScalarTest {
  const parts = pattern.match(/\\[\s\S]|\*+|[^*\\]+|\\$/g) ?? [];
  const source = parts.map((part) => {
    if (part === '*') return '[\\s\\S]*';
    if (part.startsWith('*')) {
      throw invalidPattern(`Consecutive wildcard characters, at "${where}"`);
    }
    if (part === '\\*' || part === '\\\\') return part;
    if (part.startsWith('\\')) throw invalidPattern(`Invalid escape character, at "${where}"`);
    return part.replace(/[.+?^${}()|[\]/-]/g, '\\$&');
  });
  const expression = new RegExp(`^${source.join('')}$`);
  return (leaf) => typeof leaf === 'string' && expression.test(leaf);
}

function compileCidr(text: string, where: string): ScalarTest {
  const [address = '', bits = ''] = text.split('/');
  const family = isIP(address);
  const bitsMax = family === 6 ? 128 : 32;
  if (family === 0 || !/^\d+$/.test(bits) || Number(bits) > bitsMax) {
    throw invalidPattern(`Malformed CIDR ${text}, at "${where}"`);
  }
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return (leaf) => {
    if (typeof leaf !== 'string' || isIP(leaf) === 0) return false;
    return block.check(leaf, isIP(leaf) === 6 ? 'ipv6' : 'ipv4');
  };
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** EventBridge compares numbers within plus and minus five billion. */
const NUMERIC_MAX = 5_000_000_000;

function compileNumeric(argument: unknown, where: string): ScalarTest {
  if (!Array.isArray(argument) || ![2, 4].includes(argument.length)) {
    throw invalidPattern(`Value of numeric must be an array of 2 or 4, at "${where}"`);
  }
  const bounds: readonly unknown[] = argument;
  const tests = Array.from({ length: bounds.length / 2 }, (_, pair) => {
    const [sign, bound] = [bounds[2 * pair], bounds[2 * pair + 1]];
    const holds = typeof sign === 'string' ? comparisons[sign] : undefined;
    if (holds === undefined || typeof bound !== 'number' || Math.abs(bound) > NUMERIC_MAX) {
      throw invalidPattern(`Unrecognized numeric range operator, at "${where}"`);
    }
    return (value: number) => holds(value, bound);
  });
  return (leaf) => typeof leaf === 'number' && tests.every((test) => test(leaf));
}

function compileAnythingBut(argument: unknown, where: string): ScalarTest {
  if (isScalar(argument)) return (leaf) => leaf !== argument;
  if (Array.isArray(argument)) {
    const values: readonly unknown[] = argument;
    if (values.length === 0 || !values.every(isScalar)) {
      throw invalidPattern(`Value of anything-but must be a list of values, at "${where}"`);
    }
    return (leaf) => !values.includes(leaf);
  }
  const [name, inner] = onlyEntry(argument, where);
  if (!['prefix', 'suffix', 'wildcard', 'equals-ignore-case'].includes(name)) {
    throw invalidPattern(`Unsupported anything-but pattern: ${name}, at "${where}"`);
  }
  const list: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
  if (list.length === 0) throw invalidPattern(`Empty anything-but list, at "${where}"`);
  const tests = list.map((one) => compileOperator(name, one, where));
  return (leaf) => !tests.some((test) => test(leaf));
}

function onlyEntry(value: unknown, where: string): readonly [string, unknown] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1 || Array.isArray(value)) {
    throw invalidPattern(`Only one key allowed in match expression, at "${where}"`);
  }
  return entry as readonly [string, unknown];
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalidPattern(`match pattern must be a string that is not empty, at "${where}"`);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
