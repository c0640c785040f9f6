import * as z from 'zod/mini';
import type { Application, Fleet } from '../contract/fleet.ts';
import { parseWith } from '../events/event-envelope.ts';
import { parseEvent } from '../events/parse-event.ts';

/** The subject of every decision about what is gone at home. */
export const DELETION = 'deletion';

/** One look at what an application's home region no longer has. */
export interface DeletionEvent {
  readonly app: string;
  readonly application: Application;
  readonly policy: DeletionPolicy;
  /** A person asked to delete what is due. */
  readonly request?: PruneRequest;
}

type DeletionPolicy = NonNullable<Application['replication']['deletion']>;

interface PruneRequest {
  readonly id: string;
  readonly actor: string;
}

const requestSchema = z.object({ kind: z.string(), id: z.string() });

/** Each sweep leads to every application of this home that asks for it, and to no other. */
export function parseDeletionEvents(
  fleet: Fleet,
  region: string,
  raw: unknown,
): readonly DeletionEvent[] {
  const event = parseEvent(raw);
  if (event?.kind !== 'wake' && event?.kind !== 'operator-requested') return [];
  const application = fleet.applications[event.app];
  const policy = application?.replication.deletion;
  if (application?.home !== region || policy === undefined) return [];
  const looked = { app: event.app, application, policy };
  if (event.kind === 'wake') return (event.subject ?? DELETION) === DELETION ? [looked] : [];
  if (event.loop !== 'replication') return [];
  const { kind, id } = parseWith('The request of an operator', requestSchema, event.request);
  return kind === 'prune' ? [{ ...looked, request: { id, actor: event.actor } }] : [];
}
