import type { Decision } from '../decision.ts';
import type {
  ObservedImage,
  ReplicationEvent,
  ReplicationObserved,
} from './observe-replication.ts';

/** Whether an image is copied, and where to. */
export type ReplicationDecision = NoReplication | Replication;

interface NoReplication extends Decision {
  readonly action: 'none';
}

export interface Replication extends Decision {
  readonly action: 'copy';
  readonly repository: string;
  readonly home: string;
  readonly digest: string;
  readonly tag: string;
  /** Regions that lack it; none when it only has to be announced. */
  readonly targets: readonly string[];
  /** Whether a failure is told: the deadline of the fleet file has passed, nobody knows yet. */
  readonly isFailureTold: boolean;
  /** Whether people were told of a failure before, so that a success is told too. */
  readonly wasFailureTold: boolean;
}

/** The subject of a decision about the newest images when there is none. */
const NEWEST = 'newest';

/** Decides what to do about one image. */
export function decideReplication(
  event: ReplicationEvent,
  { image, found }: ReplicationObserved,
  nowMs: number,
): ReplicationDecision {
  if (image === undefined) return nothingFound(event, found);
  const none = (code: string, text: string): NoReplication => ({
    action: 'none',
    app: event.app,
    subject: subjectOfImage(image),
    reason: { code, text },
  });
  const { tag, tagDigest, record } = image;
  const { home, regions } = event.application;
  if (!image.isTagMatched) {
    return none('TAG_NOT_MATCHED', `The tag ${tag} is outside the tag policy of ${event.app}.`);
  }
  if (tagDigest === undefined) {
    return none('TAG_GONE', `The tag ${tag} no longer exists in ${home}.`);
  }
  if (tagDigest !== image.digest) {
    return none('TAG_MOVED', `The tag ${tag} names another image by now: ${tagDigest}.`);
  }
  if (record?.refused !== undefined) {
    return none('IMAGE_REFUSED', `It cannot be copied: ${record.refused}`);
  }
  if (record?.retryAtMs !== undefined && nowMs < record.retryAtMs) {
    // The failed copy asked for its own recheck; another one here would multiply with each sweep.
    const at = new Date(record.retryAtMs).toISOString();
    return none('WAITING_TO_RETRY', `The last copy failed; the next one starts at ${at}.`);
  }
  const reason = reasonToCopy(event, image);
  if (reason === undefined) {
    const text = `Every region holds ${tag}: ${regions.join(', ')}.`;
    return none('ALREADY_REPLICATED', text);
  }
  return copy(event, image, { reason, nowMs });
}

/** The subject of a decision about one image; the opposite of `imageOfSubject`. */
function subjectOfImage({ tag, digest }: { tag: string; digest: string }): string {
  return `${tag}@${digest}`;
}

/** The image that a recheck leads back to; undefined for the newest ones. */
export function imageOfSubject(subject: string): { tag: string; digest: string } | undefined {
  const match = /^([^@]+)@(sha256:[0-9a-f]{64})$/.exec(subject);
  if (match === null) return undefined;
  return { tag: match[1] ?? '', digest: match[2] ?? '' };
}

function nothingFound(event: ReplicationEvent, found: ReplicationObserved['found']): NoReplication {
  const { app } = event;
  const { repository } = event.application.image;
  const digest = event.image?.digest ?? NEWEST;
  const none = (subject: string, code: string, text: string): NoReplication => ({
    action: 'none',
    app,
    subject,
    reason: { code, text },
  });
  switch (found) {
    case 'subject-unknown':
      return none(
        digest,
        'SUBJECT_NOT_REPLICATED',
        'It belongs to an image that was not replicated; it travels when that one does.',
      );
    case 'no-tag':
      return none(
        digest,
        'UNTAGGED_CHILD',
        'It has no tag: a part of a larger image, which travels with it.',
      );
    case 'image':
    case 'no-matching-tag':
      return none(
        NEWEST,
        'NO_MATCHING_TAG',
        `No tag in ${repository} matches the tag policy of ${app} yet.`,
      );
  }
}

interface CopyReason {
  readonly code: string;
  readonly text: string;
  readonly targets: readonly string[];
}

function reasonToCopy(event: ReplicationEvent, image: ObservedImage): CopyReason | undefined {
  const { tag, record } = image;
  const lacking = image.targets.filter(({ state }) => state !== 'whole').map((t) => t.region);
  if (lacking.length > 0) {
    return {
      code: 'IMAGE_MISSING',
      text: `${tag} is missing in ${lacking.join(', ')}.`,
      targets: lacking,
    };
  }
  const targets = image.targets.map(({ region }) => region);
  const known = record?.attachments ?? [];
  const late = image.attachments.filter((digest) => !known.includes(digest));
  if (record !== undefined && late.length > 0 && targets.length > 0) {
    return {
      code: 'ATTACHMENTS_MISSING',
      text: `${late.length} signature(s) or other artifacts of ${tag} arrived after it.`,
      targets,
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
    targets: record === undefined ? targets : [],
  };
}

function copy(
  event: ReplicationEvent,
  image: ObservedImage,
  { reason, nowMs }: { reason: CopyReason; nowMs: number },
): Replication {
  const { application } = event;
  const { record } = image;
  const deadlineMs = (record?.startedAtMs ?? nowMs) + application.replication.deadline;
  return {
    action: 'copy',
    app: event.app,
    subject: subjectOfImage(image),
    reason: { code: reason.code, text: reason.text },
    repository: application.image.repository,
    home: application.home,
    digest: image.digest,
    tag: image.tag,
    targets: reason.targets,
    isFailureTold: record?.reportedAtMs === undefined && nowMs >= deadlineMs,
    wasFailureTold: record?.reportedAtMs !== undefined,
  };
}
