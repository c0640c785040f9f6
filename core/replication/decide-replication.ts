import type { Application } from '../contract/fleet.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import type { Decision, Reason } from '../decision.ts';
import { decideRepair, type Repair } from './decide-repair.ts';
import { subjectOfImage } from './image-subject.ts';
import { letNativeGoFirst, type NativeWait } from './let-native-go-first.ts';
import type { ObservedImage, ReplicationObserved, TargetState } from './observe-replication.ts';
import type { ReplicationEvent } from './replication-event.ts';

/** Whether an image is copied, and where to; of all images, which are looked at next. */
export type ReplicationDecision = NoReplication | NativeWait | Replication | Repair;

export interface NoReplication extends Decision {
  readonly action: 'none';
}

export interface Replication extends Decision {
  readonly action: 'copy';
  /** Its name at home. */
  readonly repository: string;
  readonly home: string;
  readonly digest: string;
  /** Absent for an artifact that travels by itself. */
  readonly tag?: string;
  readonly handling: Pick<
    Application['replication'],
    | 'referrers'
    | 'overwrite'
    | 'onImmutableConflict'
    | 'createRepositories'
    | 'kmsKeys'
    | 'repositoryIn'
  >;
  /** Regions that lack it; none when it only has to be announced. */
  readonly targets: readonly string[];
  /** When it was pushed, or seen for the first time when nobody told of the push. */
  readonly sinceMs: number;
  /** When people are to know that it is late; ms since the epoch. */
  readonly deadlineMs: number;
  /** Whether a failure is told: the deadline of the fleet file has passed, nobody knows yet. */
  readonly isFailureTold: boolean;
  /** Whether people were told of a failure before, so that a success is told too. */
  readonly wasFailureTold: boolean;
  /** The final failure that people know of already. */
  readonly toldCause?: string;
}

/** What the repository of a decision is called in one of its regions. */
export function repositoryOf({ repository, handling }: Replication, region: string): string {
  return repositoryIn({ image: { repository }, replication: handling }, region);
}

/** Decides what to do about one image, or about all of them. */
export function decideReplication(
  event: ReplicationEvent,
  observed: ReplicationObserved,
  nowMs: number,
): ReplicationDecision {
  switch (observed.found) {
    case 'library':
      return decideRepair(event, observed.library, nowMs);
    case 'image':
      return letNativeGoFirst(event, observed.image, {
        decision: decideImage(event, observed.image, nowMs),
        nowMs,
      });
    case 'subject-unknown':
      return nothing(event, {
        code: 'SUBJECT_NOT_REPLICATED',
        text: 'It belongs to an image that was not replicated; it travels when that one does.',
      });
    case 'no-tag':
      return nothing(event, {
        code: 'UNTAGGED_CHILD',
        text: 'It has no tag: a part of a larger image, which travels with it.',
      });
  }
}

function nothing(
  { app, image }: ReplicationEvent,
  reason: { readonly code: string; readonly text: string },
): NoReplication {
  return { action: 'none', app, subject: image?.digest ?? '', reason };
}

function decideImage(
  event: ReplicationEvent,
  image: ObservedImage,
  nowMs: number,
): NoReplication | Replication {
  const none = (code: string, text: string): NoReplication => ({
    action: 'none',
    app: event.app,
    subject: subjectOfImage(image),
    reason: { code, text },
  });
  const against = reasonAgainst(event, image, nowMs);
  if (against !== undefined) return none(against.code, against.text);
  const reason = reasonToCopy(event, image);
  if (reason === undefined) {
    const where = image.tag === undefined ? 'Every region with its subject' : 'Every region';
    const regions = event.application.regions.join(', ');
    return none('ALREADY_REPLICATED', `${where} holds ${nameOf(image)}: ${regions}.`);
  }
  return copy(event, image, { reason, nowMs });
}

/** Why an image does not travel now, whatever regions lack; undefined when it may. */
function reasonAgainst(
  { app, application }: ReplicationEvent,
  image: ObservedImage,
  nowMs: number,
): Reason | undefined {
  const { tag, tagDigest, record, target } = image;
  const { home, replication } = application;
  const name = nameOf(image);
  if (!image.isTagMatched) {
    const text = `The tag ${name} is outside the tag policy of ${app}.`;
    return { code: 'TAG_NOT_MATCHED', text };
  }
  if (tagDigest === undefined) {
    return { code: 'TAG_GONE', text: `The tag ${name} no longer exists in ${home}.` };
  }
  if (tagDigest !== image.digest) {
    const text = `The tag ${name} names another image by now: ${tagDigest}.`;
    return { code: 'TAG_MOVED', text };
  }
  const isItsFailure = target === undefined || record?.copies?.[target]?.state === 'failed';
  if (record?.retryAtMs !== undefined && nowMs < record.retryAtMs && isItsFailure) {
    // The failed copy asked for its own recheck; another one here would multiply with each sweep.
    const at = new Date(record.retryAtMs).toISOString();
    const text = `The last copy failed; the next one starts at ${at}.`;
    return { code: 'WAITING_TO_RETRY', text };
  }
  const isBare = tag !== undefined && image.attachments.length === 0;
  if (replication.referrers !== 'required' || !isBare) return undefined;
  const text = `${name} travels as soon as something is attached to it.`;
  return { code: 'REFERRER_AWAITED', text };
}

function nameOf({ tag, digest }: ObservedImage): string {
  return tag ?? `the artifact ${digest.slice(0, 19)}`;
}

interface CopyReason {
  readonly code: string;
  readonly text: string;
  readonly targets: readonly string[];
}

function reasonToCopy(event: ReplicationEvent, image: ObservedImage): CopyReason | undefined {
  const { tag, record } = image;
  const name = nameOf(image);
  const of = (...states: readonly TargetState['state'][]) =>
    image.targets
      .filter(({ state, region }) => states.includes(state) && isMeant(image, region))
      .map(({ region }) => region);
  const lacking = of('lacking', 'unknown');
  if (lacking.length > 0) {
    return {
      code: 'IMAGE_MISSING',
      text: `${name} is missing in ${lacking.join(', ')}.`,
      targets: of('lacking', 'unknown', 'incomplete'),
    };
  }
  if (tag === undefined) return undefined;
  const incomplete = of('incomplete');
  if (incomplete.length > 0) {
    return {
      code: 'ATTACHMENTS_MISSING',
      text: `Signatures or other artifacts of ${tag} are missing in ${incomplete.join(', ')}.`,
      targets: incomplete,
    };
  }
  const isRecorded =
    record?.announced.includes(tag) === true &&
    event.application.regions.every((region) => record.regions.includes(region));
  if (isRecorded) return undefined;
  return {
    code: 'NOT_ANNOUNCED',
    text: `Every region holds ${tag}, and nobody was told yet.`,
    // An image that came by other means is walked once, so that its referrers are whole too.
    targets: record?.replicatedAtMs === undefined ? of('whole') : [],
  };
}

/** What came from a region is not sent back, so two homes never overwrite each other in turn. */
function isMeant({ target, cameFrom }: ObservedImage, region: string): boolean {
  return (target === undefined || target === region) && !cameFrom.includes(region);
}

function copy(
  event: ReplicationEvent,
  image: ObservedImage,
  { reason, nowMs }: { reason: CopyReason; nowMs: number },
): Replication {
  const { application } = event;
  const { record, tag } = image;
  const deadlineMs = (record?.startedAtMs ?? nowMs) + application.replication.deadline;
  return {
    action: 'copy',
    app: event.app,
    subject: subjectOfImage(image),
    reason: { code: reason.code, text: reason.text },
    repository: application.image.repository,
    home: application.home,
    digest: image.digest,
    ...(tag === undefined ? {} : { tag }),
    handling: handlingOf(application),
    targets: reason.targets,
    sinceMs: Math.min(event.pushedAtMs ?? Infinity, record?.startedAtMs ?? nowMs),
    deadlineMs,
    isFailureTold: record?.reportedAtMs === undefined && nowMs >= deadlineMs,
    wasFailureTold: record?.reportedAtMs !== undefined,
    ...(record?.refused === undefined ? {} : { toldCause: record.refused }),
  };
}

function handlingOf({ replication }: Application): Replication['handling'] {
  const { referrers, overwrite, onImmutableConflict } = replication;
  const { createRepositories, kmsKeys, repositoryIn } = replication;
  const created = { createRepositories, kmsKeys, repositoryIn };
  return { referrers, overwrite, onImmutableConflict, ...created };
}
