import * as z from 'zod/mini';
import { envelope, type EventOrigin, originOf, parseWith } from './event-envelope.ts';

/** A person asked a loop to do something; the loop itself parses the request. */
export interface OperatorRequested extends EventOrigin {
  readonly kind: 'operator-requested';
  readonly loop: 'failover' | 'rollout' | 'replication';
  readonly app: string;
  readonly actor: string;
  readonly request: unknown;
}

const schema = z.object({
  ...envelope,
  detail: z.strictObject({
    loop: z.enum(['failover', 'rollout', 'replication']),
    app: z.string(),
    actor: z.string(),
    request: z.unknown(),
  }),
});

export function parseOperatorRequest(raw: unknown): OperatorRequested {
  const event = parseWith('The Operator Request event', schema, raw);
  return { kind: 'operator-requested', ...originOf(event), ...event.detail };
}
