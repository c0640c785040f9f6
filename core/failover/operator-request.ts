import * as z from 'zod/mini';
import { TerminalError } from '../errors.ts';

const text = z.string().check(z.minLength(1));

/** What an operator may ask of the failover loop. */
const failoverRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('run'),
    to: text,
    mode: z.enum(['planned', 'forced']),
    reason: text,
    id: z.optional(text),
  }),
  z.strictObject({
    kind: z.literal('back'),
    /** The first region of the fleet file, whatever stands here. */
    to: z.optional(text),
    mode: z._default(z.enum(['planned', 'forced']), 'planned'),
    reason: text,
    id: z.optional(text),
  }),
  z.strictObject({
    kind: z.literal('hold'),
    reason: text,
    untilMs: z.optional(z.number()),
    id: z.optional(text),
  }),
  z.strictObject({
    kind: z.literal('release'),
    reason: z._default(z.string(), ''),
    id: z.optional(text),
  }),
]);

/** A request with its id, under which it is carried out once, and who made it. */
export type FailoverRequest = z.output<typeof failoverRequestSchema> & {
  readonly id: string;
  readonly actor: string;
};

/** Parses the request of an operator; a request without an id takes that of its event. */
export function parseFailoverRequest(
  raw: unknown,
  { id, actor }: { readonly id: string; readonly actor: string },
): FailoverRequest {
  const parsed = failoverRequestSchema.safeParse(raw);
  if (parsed.success) return { ...parsed.data, id: parsed.data.id ?? id, actor };
  const issue = parsed.error.issues[0];
  throw new TerminalError(
    `The failover request is malformed at ${issue?.path.join('.') ?? 'request'}: ` +
      `${issue?.message ?? 'not understood'}. Send it with \`farshore failover\`.`,
  );
}
