import * as z from 'zod/mini';
import { ownEvents } from '../contract/event-patterns.ts';
import type { RequestMessage } from '../ports.ts';
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

export function isOperatorRequest(raw: unknown): raw is RequestMessage {
  if (typeof raw !== 'object' || raw === null || !('detail-type' in raw)) return false;
  return raw['detail-type'] === ownEvents.operatorRequest;
}

export function parseOperatorRequest(raw: unknown): OperatorRequested {
  const event = parseWith('The Operator Request event', schema, raw);
  return { kind: 'operator-requested', ...originOf(event), ...event.detail };
}
