import { ownEvents } from '../core/contract/event-patterns.ts';
import type { Target } from './target.ts';

/** What an operator asks of a loop, and where it is handed in. */
export interface OperatorRequest {
  readonly loop: 'failover' | 'rollout' | 'replication';
  readonly app: string;
  /** The region whose function takes it; it must work, so not the one that may have failed. */
  readonly region: string;
  readonly request: Readonly<Record<string, unknown>> & { readonly kind: string };
}

/** Hands a request in by the same door as every event; returns the id under which it is done. */
export async function sendRequest(
  target: Target,
  { loop, app, region, request }: OperatorRequest,
): Promise<string> {
  const ports = target.portsIn(region);
  const id = ports.ids.next();
  const detail = { loop, app, actor: target.actor, request: { id, ...request } };
  await ports.events.publish(ownEvents.operatorRequest, detail);
  return id;
}
