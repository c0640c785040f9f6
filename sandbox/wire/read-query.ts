import type { NormalizedSchema } from '@smithy/core/schema';
import { queryText } from './codecs.ts';

/** An object out of `Tags.member.1.Key=a&Tags.member.1.Value=b`, by the schema of the input. */
export function readQuery(schema: NormalizedSchema, form: URLSearchParams): object {
  return schema.isStructSchema() ? readStruct(schema, '', new Map(form)) : {};
}

type Form = ReadonlyMap<string, string>;

function readStruct(schema: NormalizedSchema, prefix: string, form: Form): object {
  const value: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const key = join(prefix, text(member.getMemberTraits().xmlName) ?? name);
    if (isPresent(key, form)) value[name] = read(member, key, form);
  }
  return value;
}

function read(schema: NormalizedSchema, key: string, form: Form): unknown {
  if (schema.isListSchema()) return readList(schema, key, form);
  if (schema.isMapSchema()) return readMap(schema, key, form);
  if (schema.isStructSchema()) return readStruct(schema, key, form);
  return queryText.read(schema, form.get(key) ?? '');
}

function readList(schema: NormalizedSchema, key: string, form: Form): readonly unknown[] {
  const member = schema.getValueSchema();
  const isFlat = Boolean(schema.getMergedTraits().xmlFlattened);
  const base = isFlat ? key : join(key, text(member.getMergedTraits().xmlName) ?? 'member');
  return indexed(base, form).map((item) => read(member, item, form));
}

function readMap(schema: NormalizedSchema, key: string, form: Form): object {
  const isFlat = Boolean(schema.getMergedTraits().xmlFlattened);
  const base = isFlat ? key : join(key, 'entry');
  const keyName = text(schema.getKeySchema().getMergedTraits().xmlName) ?? 'key';
  const valueSchema = schema.getValueSchema();
  const valueName = text(valueSchema.getMergedTraits().xmlName) ?? 'value';
  return Object.fromEntries(
    indexed(base, form).map((entry) => [
      form.get(join(entry, keyName)) ?? '',
      read(valueSchema, join(entry, valueName), form),
    ]),
  );
}

/** `base.1`, `base.2`, ... as far as they are there; AWS counts from 1 without gaps. */
function indexed(base: string, form: Form): readonly string[] {
  const found: string[] = [];
  for (let key = `${base}.1`; isPresent(key, form); key = `${base}.${found.length + 1}`) {
    found.push(key);
  }
  return found;
}

function isPresent(key: string, form: Form): boolean {
  if (form.has(key)) return true;
  const inside = `${key}.`;
  return [...form.keys()].some((name) => name.startsWith(inside));
}

function join(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}

function text(trait: unknown): string | undefined {
  return typeof trait === 'string' ? trait : undefined;
}
