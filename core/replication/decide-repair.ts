import type { Decision } from '../decision.ts';
import type { DriftedImage, ObservedLibrary } from './observe-library.ts';
import type { ReplicationEvent } from './replication-event.ts';

/** Which of the images that are not everywhere are copied next. */
export interface Repair extends Decision {
  readonly action: 'repair';
  readonly images: readonly { readonly digest: string; readonly tag?: string }[];
}

/** There is nothing to copy, or nothing that could be begun now. */
export interface NoRepair extends Decision {
  readonly action: 'none';
}

/** The subject of a decision about all images of an application. */
const LIBRARY = 'images';

/**
 * Images on their way at once. Five functions copy side by side, so a push waits behind ten images
 * at most; an image of 5 manifests takes half a second of ECR's quota of 10 PutImage a second, so
 * with a sweep each minute 10,000 images take some hours and leave most of the quota to pushes.
 */
export const REPAIRS_AT_ONCE = 50;

/**
 * After this a message that asked for a copy counts as lost unless a run works on it, in ms. Where
 * it only waited behind others, the second one finds the work done.
 */
const ON_ITS_WAY_MS = 5 * 60_000;

/** A run that gave no sign of life for so long is dead; the same as the loop's own, in ms. */
export const SILENT_MS = 120_000;

/** Tags that a reason names before it only counts. */
const NAMED_MAX = 5;

/** Decides which drifted images are copied next, a bounded number at once. */
export function decideRepair(
  { app, application, backfill }: ReplicationEvent,
  { selected, newest, silent, drifted }: ObservedLibrary,
  nowMs: number,
): Repair | NoRepair {
  const of = { app, subject: LIBRARY };
  const none = (code: string, text: string): NoRepair => ({
    ...of,
    action: 'none',
    reason: { code, text },
  });
  if (newest === undefined) {
    const { repository } = application.image;
    const text = `No tag in ${repository} matches the tag policy of ${app} yet.`;
    return none('NO_MATCHING_TAG', text);
  }
  if (drifted.length === 0 && silent.length > 0) {
    const text =
      `What ${silent.join(', ')} holds is not known: no answer came. ` +
      `Every other region holds all ${selected} tags up to ${newest}.`;
    return none('REGION_SILENT', text);
  }
  if (drifted.length === 0) {
    const where = application.regions.join(', ');
    const text = `Every region holds all ${selected} tags up to ${newest}: ${where}.`;
    return none('ALREADY_REPLICATED', text);
  }
  const isAsked = backfill !== undefined;
  const states = drifted.map((image) => ({ image, state: stateOf(image, isAsked, nowMs) }));
  const those = (wanted: RepairState) =>
    states.filter(({ state }) => state === wanted).map(({ image }) => image);
  const onTheirWay = those('on-its-way');
  const images = those('ready').slice(0, Math.max(0, REPAIRS_AT_ONCE - onTheirWay.length));
  if (images.length > 0) {
    const text = `${named(drifted)}: not in every region as in ${application.home}.`;
    return {
      ...of,
      action: 'repair',
      reason: { code: 'IMAGES_DRIFTED', text },
      images: images.map(({ digest, tag }) => ({ digest, ...(tag === undefined ? {} : { tag }) })),
    };
  }
  if (onTheirWay.length > 0)
    return none('COPIES_ON_THEIR_WAY', `${named(onTheirWay)}: on the way.`);
  const waiting = those('waiting');
  if (waiting.length > 0) {
    return none('WAITING_TO_RETRY', `${named(waiting)}: the last copy failed; tried again later.`);
  }
  const text =
    `${named(drifted)}: cannot be copied until a person mends the cause; ` +
    'then `farshore dlq redrive replicate-image`.';
  return none('IMAGES_REFUSED', text);
}

type RepairState = 'ready' | 'on-its-way' | 'waiting' | 'refused';

function stateOf(
  { record, aliveAtMs }: DriftedImage,
  isAsked: boolean,
  nowMs: number,
): RepairState {
  if (aliveAtMs !== undefined) return nowMs < aliveAtMs + SILENT_MS ? 'on-its-way' : 'ready';
  if (isAsked) return 'ready';
  if (record?.refused !== undefined) return 'refused';
  if (record?.retryAtMs !== undefined && nowMs < record.retryAtMs) return 'waiting';
  const isOnItsWay = record?.wokenAtMs !== undefined && nowMs < record.wokenAtMs + ON_ITS_WAY_MS;
  return isOnItsWay ? 'on-its-way' : 'ready';
}

function named(images: readonly DriftedImage[]): string {
  const first = images.slice(0, NAMED_MAX).map(({ tag, digest }) => tag ?? digest.slice(0, 19));
  const rest = images.length - first.length;
  return rest > 0 ? `${first.join(', ')} and ${rest} more` : first.join(', ');
}
