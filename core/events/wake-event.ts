import * as z from 'zod/mini';
import type { Wake } from '../ports.ts';
import { parseWith } from './event-envelope.ts';

const schema = z.strictObject({
  kind: z.literal('wake'),
  app: z.string(),
  cause: z.enum(['sweep', 'recheck', 'probe']),
  subject: z.optional(z.string()),
});

/** A message that a loop or the sweep sent to look at a subject again. */
export function parseWake(raw: unknown): Wake {
  const { subject, ...wake } = parseWith('The wake message', schema, raw);
  return { ...wake, ...(subject === undefined ? {} : { subject }) };
}
