import type * as z from 'zod';
import { fleetSchema } from './fleet.ts';
import type { FleetProblem, ProblemPath } from './fleet-problem.ts';
import { closest, keysAt } from './schema-keys.ts';

type Issue = z.core.$ZodIssue;

/** A file as it was written, and the schema that it breaks. */
interface Written {
  readonly value: unknown;
  readonly schema: z.core.$ZodType;
}

/** What a schema found, in the words of the file. */
export function problemsOf(
  issues: readonly Issue[],
  value: unknown,
  schema: z.core.$ZodType = fleetSchema,
): FleetProblem[] {
  return issues.flatMap((issue) => problemOf(issue, { value, schema }));
}

function problemOf(issue: Issue, written: Written): FleetProblem[] {
  const { value, schema } = written;
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, schema));
    case 'invalid_union':
      return unionProblems(issue, path, written);
    case 'invalid_key':
      return [invalidKey(path, issue)];
    case 'invalid_type':
      return [wrongType(path, issue.expected, valueAt(value, path))];
    case 'invalid_value':
      return [wrongValue(path, issue.values.map(String), valueAt(value, path))];
    case 'too_small':
    case 'too_big':
      return [outOfRange(path, issue)];
    case 'invalid_format':
      return [wrongFormat(path, issue, valueAt(value, path))];
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return [{ path, message: issue.message, remedy: seeReference(path) }];
  }
}

function unknownKey(path: ProblemPath, key: string, schema: z.core.$ZodType): FleetProblem {
  const known = keysAt(schema, path);
  const suggestion = closest(key, known);
  const at = path.length === 0 ? 'at the top of the file' : `under ${String(path.at(-1))}`;
  const remedy =
    suggestion === undefined
      ? `remove it; known here: ${known.join(', ')}`
      : `did you mean ${suggestion}?`;
  return { path: [...path, key], message: `there is no key ${key} ${at}`, remedy };
}

/** A key that no alternative knows is the fault; else the alternative with one fault speaks. */
function unionProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: ProblemPath,
  written: Written,
): FleetProblem[] {
  const { value, schema } = written;
  const known = keysAt(schema, path);
  const unknown = Object.keys(Object(valueAt(value, path)) as object).filter(
    (key) => !known.includes(key),
  );
  if (unknown.length > 0) return unknown.map((key) => unknownKey(path, key, schema));
  const errors: readonly (readonly Issue[])[] = issue.errors;
  const best = errors.find((branch) => branch.length === 1)?.[0];
  if (best !== undefined && best.code !== 'unrecognized_keys') {
    return problemOf(prefixed(best, path), written);
  }
  const message = `${String(path.at(-1))} is in none of its forms`;
  return [{ path, message, remedy: `use one form; known keys: ${known.join(', ')}` }];
}

function prefixed(issue: Issue, path: ProblemPath): Issue {
  return { ...issue, path: [...path, ...issue.path] };
}

function invalidKey(
  path: ProblemPath,
  issue: Extract<Issue, { code: 'invalid_key' }>,
): FleetProblem {
  const message = `${String(path.at(-1))} cannot be a name here`;
  const first = issue.issues[0];
  return { path, message, remedy: first?.message ?? 'use another name' };
}

function wrongType(path: ProblemPath, expected: string, found: unknown): FleetProblem {
  const key = String(path.at(-1) ?? 'the file');
  const words = typeWords[expected] ?? expected;
  if (found === undefined) {
    return { path, message: `${key} is missing`, remedy: `add ${key}: ${words}` };
  }
  return { path, message: `${key} is ${describe(found)}`, remedy: `write ${words}` };
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'keys with values',
  record: 'keys with values',
  array: 'a list',
};

function wrongValue(path: ProblemPath, values: readonly string[], found: unknown): FleetProblem {
  const key = String(path.at(-1) ?? 'the file');
  const remedy =
    values.length === 1 ? `write ${values.join()}` : `write one of ${values.join(', ')}`;
  if (found === undefined) return { path, message: `${key} is missing`, remedy };
  const suggestion = typeof found === 'string' ? closest(found, values) : undefined;
  const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  return { path, message: `${key} cannot be ${describe(found)}`, remedy: `${remedy}${hint}` };
}

function outOfRange(
  path: ProblemPath,
  issue: Extract<Issue, { code: 'too_small' | 'too_big' }>,
): FleetProblem {
  const key = String(path.at(-1) ?? 'the file');
  const limit = String(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  const word = issue.code === 'too_small' ? 'at least' : 'at most';
  const unit = units.get(issue.origin) ?? '';
  const amount = `${word} ${limit} ${unit}`.trim();
  return { path, message: `${key} is out of range`, remedy: `write ${amount}` };
}

const units = new Map<string, string>([
  ['array', 'entries'],
  ['string', 'characters'],
]);

function wrongFormat(
  path: ProblemPath,
  issue: Extract<Issue, { code: 'invalid_format' }>,
  found: unknown,
): FleetProblem {
  const key = String(path.at(-1) ?? 'the file');
  const isOurs = !issue.message.startsWith('Invalid ');
  const remedy = isOurs
    ? issue.message
    : `write a valid ${formatWords[issue.format] ?? issue.format}`;
  return { path, message: `${key} cannot be ${describe(found)}`, remedy };
}

const formatWords: Readonly<Record<string, string>> = {
  datetime: 'time with its zone, such as 2026-12-20T00:00:00Z',
  email: 'mail address',
  url: 'URL, such as https://example.com/',
  starts_with: 'path that starts with /',
};

function describe(found: unknown): string {
  if (Array.isArray(found)) return 'a list';
  if (found === null) return 'empty';
  if (typeof found === 'object') return 'a group of keys';
  return JSON.stringify(found);
}

function valueAt(value: unknown, path: ProblemPath): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string | number, unknown>)[part];
  }
  return found;
}

function seeReference(path: ProblemPath): string {
  return `see ${path.filter((part) => typeof part === 'string').join('.')} in the reference`;
}
