import type { NormalizedSchema } from '@smithy/core/schema';
import type { ApiOperation } from './api.ts';
import { writeBinding } from './codecs.ts';
import type { BodyCodec } from './codecs.ts';
import { isBound } from './read-bindings.ts';
import type { WireResponse } from './wire-message.ts';

/** The answer of a REST operation, spread over status, headers and body. */
export function writeBindings(
  { http, output: schema }: ApiOperation,
  output: object,
  codec: BodyCodec,
): WireResponse {
  const answer = { status: http?.status ?? 200, headers: {} as Record<string, string> };
  if (!schema.isStructSchema()) return { ...answer, body: '' };
  let body: Uint8Array | string = '';
  let inBody = false;
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    const value = (output as Readonly<Record<string, unknown>>)[name];
    inBody ||= !isBound(traits);
    if (value === undefined || value === null) continue;
    if (traits.httpPayload !== undefined) body = writePayload(member, value, codec);
    else if (traits.httpResponseCode !== undefined) answer.status = Number(value);
    else Object.assign(answer.headers, writeHeader(member, value));
  }
  if (answer.headers['content-range'] !== undefined) answer.status = 206;
  return { ...answer, body: inBody ? codec.write(schema, bodyOnly(schema, output)) : body };
}

function writeHeader(member: NormalizedSchema, value: unknown): Record<string, string> {
  const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
  if (typeof httpHeader === 'string') {
    return { [httpHeader.toLowerCase()]: writeBinding(member, value) };
  }
  if (typeof httpPrefixHeaders !== 'string') return {};
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, string>>).map(([name, text]) => [
      `${httpPrefixHeaders}${name}`.toLowerCase(),
      text,
    ]),
  );
}

function writePayload(
  member: NormalizedSchema,
  value: unknown,
  codec: BodyCodec,
): Uint8Array | string {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  return codec.write(member, value);
}

/** The XML writer knows nothing of bindings and would repeat bound members in the body. */
function bodyOnly(schema: NormalizedSchema, output: object): object {
  return Object.fromEntries(
    Object.entries(output).filter(
      ([name]) => !isBound(schema.getMemberSchema(name).getMergedTraits()),
    ),
  );
}
