import type * as z from 'zod';
import type { ProblemPath } from './fleet-problem.ts';

/** The keys that a schema knows at a path; none where any key may stand. */
export function keysAt(schema: z.core.$ZodType, path: ProblemPath): readonly string[] {
  let schemas: readonly z.core.$ZodType[] = [schema];
  for (const part of path) schemas = schemas.flatMap((inner) => below(inner, part));
  return [...new Set(schemas.flatMap(keysOf))];
}

/** The known word nearest to what was written; undefined when none is near. */
export function closest(written: string, known: readonly string[]): string | undefined {
  const editsMax = Math.max(1, Math.floor(written.length / 3));
  const [best] = known
    .map((word) => ({ word, edits: editsBetween(written.toLowerCase(), word.toLowerCase()) }))
    .toSorted((one, other) => one.edits - other.edits);
  return best !== undefined && best.edits <= editsMax ? best.word : undefined;
}

function keysOf(schema: z.core.$ZodType): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') return Object.keys(def.shape);
  if (def.type === 'union') return def.options.flatMap(keysOf);
  const inner = unwrapped(schema);
  return inner === undefined ? [] : keysOf(inner);
}

function below(schema: z.core.$ZodType, part: string | number): z.core.$ZodType[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') {
    const found = def.shape[part];
    return found === undefined ? [] : [found];
  }
  if (def.type === 'record') return [def.valueType];
  if (def.type === 'array') return [def.element];
  if (def.type === 'union') return def.options.flatMap((option) => below(option, part));
  const inner = unwrapped(schema);
  return inner === undefined ? [] : below(inner, part);
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault') {
    return def.innerType;
  }
  return def.type === 'pipe' ? def.in : undefined;
}

/** Levenshtein's distance: how many letters to change, add or remove. */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [place, letter] of Array.from(one).entries()) {
    const next = [place + 1];
    for (const [column, wanted] of Array.from(other).entries()) {
      const changed = (row[column] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
