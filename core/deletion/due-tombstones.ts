import type { Reason } from '../decision.ts';
import { type DeletionDocument, keyOfTombstone, type Tombstone } from './deletion-document.ts';
import type { DeletionEvent } from './deletion-event.ts';

/** Runs that nobody asked for are an hour apart, so that a maximum for each is a brake; in ms. */
const RUN_EVERY_MS = 3_600_000;

/** Tombstones that a run may carry out, longest gone first; a run that was begun has its own. */
export function dueTombstones(
  document: DeletionDocument | undefined,
  { application, policy }: DeletionEvent,
  nowMs: number,
): readonly Tombstone[] {
  if (document?.home !== application.home) return [];
  const { tombstones, run } = document;
  if (run !== undefined)
    return tombstones.filter((each) => run.keys.includes(keyOfTombstone(each)));
  const due = tombstones.filter(({ sinceMs }) => nowMs - sinceMs >= policy.grace);
  // What a registry refused to remove must not stand in the way of all that comes after it.
  const first = due.filter(({ refused }) => refused === undefined);
  const last = due.filter(({ refused }) => refused !== undefined);
  return [...first, ...last];
}

/** Why nothing is deleted now although it is due; a run that was begun waits for nothing here. */
export function reasonToWait(
  document: DeletionDocument | undefined,
  { app, policy, request }: DeletionEvent,
  nowMs: number,
): Reason | undefined {
  if (document?.run !== undefined) return undefined;
  if (request !== undefined && request.id !== document?.requestId) return undefined;
  if (!policy.automatic) {
    const text = `Images that are gone at home wait for a person: farshore images prune ${app}`;
    return { code: 'AWAITS_PERSON', text };
  }
  const nextMs = (document?.ranAtMs ?? -Infinity) + RUN_EVERY_MS;
  if (nowMs >= nextMs) return undefined;
  const at = new Date(nextMs).toISOString();
  return { code: 'RAN_LATELY', text: `The next run deletes what is due, at ${at} or later.` };
}
