import type { NormalizedSchema } from '@smithy/core/schema';
import { bindingReader } from './codecs.ts';
import type { BodyCodec } from './codecs.ts';
import type { RestMatch } from './rest-router.ts';
import type { WireRequest } from './wire-message.ts';

/** The input of a REST operation, gathered from path, query, headers and body. */
export async function readBindings(
  match: RestMatch,
  request: WireRequest,
  codec: BodyCodec,
): Promise<object> {
  const { input: schema } = match.operation;
  if (!schema.isStructSchema()) return {};
  const bound: Record<string, unknown> = {};
  let inBody = false;
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpPayload !== undefined)
      bound[name] = await readPayload(member, request.body, codec);
    else if (isBound(traits)) bound[name] = readMember(name, member, match, request);
    else inBody = true;
  }
  const body = inBody && request.body.length > 0 ? await codec.read(schema, request.body) : {};
  return withoutUndefined({ ...(body as object), ...bound });
}

type Traits = ReturnType<NormalizedSchema['getMergedTraits']>;

/** Whether a member travels outside of the body. */
export function isBound(traits: Traits): boolean {
  return (
    traits.httpLabel !== undefined ||
    traits.httpQuery !== undefined ||
    traits.httpQueryParams !== undefined ||
    traits.httpHeader !== undefined ||
    traits.httpPrefixHeaders !== undefined ||
    traits.httpPayload !== undefined ||
    traits.httpResponseCode !== undefined
  );
}

function readMember(
  name: string,
  member: NormalizedSchema,
  { labels }: RestMatch,
  { query, headers }: WireRequest,
): unknown {
  const traits = member.getMergedTraits();
  if (traits.httpPrefixHeaders !== undefined) {
    return prefixed(headers, traits.httpPrefixHeaders.toLowerCase());
  }
  if (typeof traits.httpQuery === 'string' && member.isListSchema()) {
    const values = query.getAll(traits.httpQuery);
    const item = member.getValueSchema();
    return values.length === 0
      ? undefined
      : values.map((value): unknown => bindingReader.read(item, value));
  }
  const value =
    traits.httpLabel !== undefined
      ? labels[name]
      : typeof traits.httpQuery === 'string'
        ? (query.get(traits.httpQuery) ?? undefined)
        : headers[String(traits.httpHeader).toLowerCase()];
  return value === undefined ? undefined : bindingReader.read(member, value);
}

function prefixed(
  headers: Readonly<Record<string, string>>,
  prefix: string,
): Record<string, string> | undefined {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

async function readPayload(
  member: NormalizedSchema,
  body: Uint8Array,
  codec: BodyCodec,
): Promise<unknown> {
  if (member.isBlobSchema()) return body;
  if (body.length === 0) return undefined;
  return member.isStringSchema() ? new TextDecoder().decode(body) : codec.read(member, body);
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
