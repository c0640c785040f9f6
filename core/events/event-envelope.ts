import * as z from 'zod/mini';
import { TerminalError } from '../errors.ts';
import { explainIssue } from './explain-issue.ts';
import { timestamp } from './timestamp.ts';

/** What EventBridge puts around every event. AWS may add fields, so unknown ones are ignored. */
export const envelope = {
  id: z.string(),
  source: z.string(),
  'detail-type': z.string(),
  account: z.optional(z.string()),
  time: timestamp,
  region: z.string(),
  resources: z._default(z.array(z.string()), []),
} as const;

/** Where and when an event was sent. */
export interface EventOrigin {
  readonly id: string;
  /** The region that sent it; not always the region it is about. */
  readonly region: string;
  readonly atMs: number;
}

/** The fields of the envelope that every parsed event carries. */
export function originOf(event: { id: string; region: string; time: number }): EventOrigin {
  return { id: event.id, region: event.region, atMs: event.time };
}

/** Parses or throws a `TerminalError` that names the event and the first field that is wrong. */
export function parseWith<Schema extends z.ZodMiniType>(
  what: string,
  schema: Schema,
  raw: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new TerminalError(
    `${what} is malformed ${explainIssue(parsed.error)}. ` +
      'Compare it with the fixtures in test/fixtures/events.',
  );
}
