import { formatDuration } from '../contract/format-duration.ts';
import type { Decision } from '../decision.ts';
import type { RemovedImage } from '../repositories.ts';
import { nameOfTombstone, type Tombstone } from './deletion-document.ts';
import { DELETION, type DeletionEvent } from './deletion-event.ts';
import { dueTombstones, reasonToWait } from './due-tombstones.ts';
import { judgeDeletion, type Verdict } from './judge-deletion.ts';
import { type MarkedTombstones, markTombstones } from './mark-tombstones.ts';
import type { DeletionObserved } from './observe-deletion.ts';

/** What becomes of images that are gone at home. */
export type DeletionDecision = NoDeletion | Mark | Deletion;

interface NoDeletion extends Decision {
  readonly action: 'none';
}

/** Something is gone at home, or there again; that is written down, and nothing is deleted yet. */
export interface Mark extends Decision {
  readonly action: 'mark';
  readonly home: string;
  /** What is newly gone, in words. */
  readonly added: readonly string[];
  /** When the first of it may be deleted elsewhere; ms since the epoch. */
  readonly dueAtMs: number;
  readonly isAutomatic: boolean;
}

export interface Deletion extends Decision {
  readonly action: 'delete';
  readonly home: string;
  readonly repository: string;
  readonly images: readonly PlannedDeletion[];
  /** How many more are due, which wait for the next run. */
  readonly left: number;
  readonly actor?: string;
  readonly requestId?: string;
}

interface PlannedDeletion {
  readonly tombstone: Tombstone;
  /** What is removed in which region, as it was when this was decided. */
  readonly regions: Readonly<Record<string, readonly RemovedImage[]>>;
}

/** What a reason names before it only counts. */
const NAMED_MAX = 5;

/** Decides what is written down as gone at home, and what of it is deleted elsewhere now. */
export function decideDeletion(
  event: DeletionEvent,
  observed: DeletionObserved,
  nowMs: number,
): DeletionDecision {
  const none = (code: string, text: string): NoDeletion => ({
    ...of(event),
    action: 'none',
    reason: { code, text },
  });
  const { home } = observed;
  if (home.state !== 'listed') {
    const text = `${home.text} So nothing counts as deleted there.`;
    return none(`HOME_${home.state.toUpperCase()}`, text);
  }
  const { document, due } = observed;
  const marked = document?.run === undefined ? marking(event, observed, nowMs) : undefined;
  if (marked?.isChanged === true) return mark(event, marked, nowMs);
  if (document === undefined || (document.run ?? document.tombstones[0]) === undefined) {
    return none('NOTHING_GONE', 'No region holds an image that was deleted at home.');
  }
  if (document.run === undefined && dueTombstones(document, event, nowMs).length === 0) {
    const count = document.tombstones.length;
    const grace = formatDuration(event.policy.grace);
    const text = `${count} image(s) or tag(s) are gone at home, none of them for ${grace} yet.`;
    return none('GRACE', text);
  }
  const against = reasonToWait(document, event, nowMs) ?? due?.busy;
  if (against !== undefined) return none(against.code, against.text);
  return (
    deletionOf(event, observed, nowMs) ?? none('ALL_HELD', heldBecause(event, observed, nowMs))
  );
}

/** The document as it should be; undefined without a listing of home to go by. */
export function marking(
  { application }: DeletionEvent,
  { document, home, gone, targets }: DeletionObserved,
  nowMs: number,
): MarkedTombstones | undefined {
  if (home.state !== 'listed') return undefined;
  const held = targets.flatMap((target) => target.held ?? []);
  return markTombstones(document, {
    region: application.home,
    home: home.index,
    gone,
    isPartial: targets.some((target) => target.held === undefined),
    standing: new Set(held.map(({ digest }) => digest)),
    nowMs,
  });
}

function of({ app }: DeletionEvent) {
  return { app, subject: DELETION };
}

function mark(event: DeletionEvent, { added, returned }: MarkedTombstones, nowMs: number): Mark {
  const { policy, application } = event;
  const text =
    added.length > 0
      ? `Gone in ${application.home}: ${listOf(added)}.`
      : `What is gone in ${application.home} has changed; ${returned.length} are there again.`;
  return {
    ...of(event),
    action: 'mark',
    reason: { code: added.length > 0 ? 'GONE_AT_HOME' : 'GONE_CHANGED', text },
    home: application.home,
    added: added.slice(0, policy.maxPerRun).map(nameOfTombstone),
    dueAtMs: nowMs + policy.grace,
    isAutomatic: policy.automatic,
  };
}

/** A run that was begun is finished before another one begins; undefined when all is held. */
function deletionOf(
  event: DeletionEvent,
  observed: DeletionObserved,
  nowMs: number,
): Deletion | undefined {
  const { document } = observed;
  const { application, policy, request } = event;
  const run = document?.run;
  const ready = dueTombstones(document, event, nowMs)
    .map((tombstone) => ({ tombstone, regions: removalsOf(observed, tombstone) }))
    // A run that was begun may have deleted it and died before it wrote that down.
    .filter(({ regions }) => run !== undefined || Object.keys(regions).length > 0);
  if (ready.length === 0 && run === undefined) return undefined;
  const images = ready.slice(0, policy.maxPerRun);
  const named = listOf(images.map(({ tombstone }) => tombstone));
  const text =
    run === undefined
      ? `Gone at home for ${formatDuration(policy.grace)} or longer: ${named}.`
      : `A run that was interrupted is finished${named === '' ? '' : `: ${named}`}.`;
  const actor = run === undefined ? request?.actor : run.actor;
  return {
    ...of(event),
    action: 'delete',
    // One code for both, so that a run which speaks for one that died is told of once.
    reason: { code: 'GRACE_OVER', text },
    home: application.home,
    repository: application.image.repository,
    images,
    left: ready.length - images.length,
    ...(actor === undefined ? {} : { actor }),
    ...(request === undefined ? {} : { requestId: request.id }),
  };
}

function removalsOf(observed: DeletionObserved, tombstone: Tombstone): PlannedDeletion['regions'] {
  const removals = verdictsOf(observed, tombstone).flatMap(([region, verdict]) =>
    verdict.verdict === 'delete' ? [[region, verdict.remove] as const] : [],
  );
  return Object.fromEntries(removals);
}

/** What each region says to the deletion of one image; nothing where nobody looked closely. */
export function verdictsOf(
  { home, due }: DeletionObserved,
  tombstone: Tombstone,
): readonly (readonly [region: string, verdict: Verdict])[] {
  if (home.state !== 'listed' || due === undefined) return [];
  const { digest, tag } = tombstone;
  const children = tag === undefined ? due.children.get(digest) : [];
  const judged = { home: home.index, children };
  return due.sights.map(
    (sight) => [sight.region, judgeDeletion(tombstone, sight, judged)] as const,
  );
}

function heldBecause(event: DeletionEvent, observed: DeletionObserved, nowMs: number): string {
  const reasons = dueTombstones(observed.document, event, nowMs)
    .flatMap((tombstone) => verdictsOf(observed, tombstone))
    .flatMap(([, verdict]) => (verdict.verdict === 'held' ? [verdict.reason.text] : []));
  const texts = [...new Set(reasons)];
  const more = texts.length > NAMED_MAX ? ` And ${texts.length - NAMED_MAX} more reasons.` : '';
  return `Nothing is deleted. ${texts.slice(0, NAMED_MAX).join(' ')}${more}`;
}

function listOf(tombstones: readonly Tombstone[]): string {
  const first = tombstones.slice(0, NAMED_MAX).map(nameOfTombstone);
  const rest = tombstones.length - first.length;
  return rest > 0 ? `${first.join(', ')} and ${rest} more` : first.join(', ');
}
