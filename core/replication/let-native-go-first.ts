import { formatDuration } from '../contract/format-duration.ts';
import type { Decision } from '../decision.ts';
import type { NativeStatus } from '../native-replication.ts';
import type { NoReplication, Replication } from './decide-replication.ts';
import type { ObservedImage } from './observe-replication.ts';
import type { ReplicationEvent } from './replication-event.ts';

/** ECR's own replication has an image to bring, and its time begins now. */
export interface NativeWait extends Decision {
  readonly action: 'await';
  readonly home: string;
  readonly digest: string;
  readonly tag: string;
  readonly recheckAtMs: number;
}

/**
 * How long ECR may take to say that it has taken an image up, in ms. AWS names no figure; after a
 * minute it counts as pushed before there was a rule, which ECR never makes up for.
 */
const TAKEN_UP_MS = 60_000;

/**
 * Turns a copy of a new image into a wait while ECR's own replication is in time. What fails, is
 * late or was never taken up is copied, to all regions that lack it, since one read feeds them all.
 * What was everywhere before and is missing now is a repair, and ECR knows no repairs.
 */
export function letNativeGoFirst(
  { application, app }: ReplicationEvent,
  { digest, tag, native, record }: ObservedImage,
  { decision, nowMs }: { decision: NoReplication | Replication; nowMs: number },
): NoReplication | NativeWait | Replication {
  if (decision.action === 'none' || native === undefined || tag === undefined) return decision;
  if (record?.replicatedAtMs !== undefined) return decision;
  const sinceMs = record?.startedAtMs ?? nowMs;
  const { rescueAfter } = application.replication;
  const lacking = decision.targets;
  const views = lacking.map((region) => {
    const status = native.find((each) => each.region === region);
    return viewOf(status, { region, tag, rescueAfter, ageMs: nowMs - sinceMs });
  });
  const rescue = views.find(({ isRescue }) => isRescue);
  if (rescue !== undefined) return { ...decision, reason: rescue.reason };
  const waitMs = Math.min(...views.map(({ lookAgainMs }) => lookAgainMs));
  const by = formatDuration(rescueAfter);
  const text = `ECR replicates ${tag} to ${lacking.join(', ')}; after ${by} Farshore copies.`;
  const reason = { code: 'NATIVE_UNDER_WAY', text };
  const wait = { app, subject: decision.subject, reason, recheckAtMs: sinceMs + waitMs };
  if (record !== undefined) return { ...wait, action: 'none' };
  return { ...wait, action: 'await', home: decision.home, digest, tag };
}

interface NativeView {
  readonly isRescue: boolean;
  readonly reason: { readonly code: string; readonly text: string };
  /** Time from the beginning after which this may look otherwise, in ms. */
  readonly lookAgainMs: number;
}

/** What one region's status means. */
function viewOf(
  status: NativeStatus | undefined,
  of: { region: string; tag: string; rescueAfter: number; ageMs: number },
): NativeView {
  const { region, tag, rescueAfter, ageMs } = of;
  const view = (isRescue: boolean, code: string, text: string): NativeView => ({
    isRescue,
    reason: { code, text: `${text} It is copied.` },
    lookAgainMs: status === undefined ? Math.min(TAKEN_UP_MS, rescueAfter) : rescueAfter,
  });
  switch (status?.state) {
    case 'failed': {
      const why = status.failureCode ?? 'without a reason';
      return view(true, 'NATIVE_FAILED', `ECR failed to replicate ${tag} to ${region}: ${why}.`);
    }
    case 'complete': {
      const text = `ECR says that ${tag} is in ${region}, but the tag does not name it there.`;
      return view(true, 'NATIVE_WITHOUT_TAG', text);
    }
    case undefined: {
      const text = `ECR does not replicate ${tag} to ${region}: no rule was there for its push.`;
      return view(ageMs >= Math.min(TAKEN_UP_MS, rescueAfter), 'NATIVE_NOT_STARTED', text);
    }
    case 'under-way': {
      const by = formatDuration(rescueAfter);
      const text = `ECR did not replicate ${tag} to ${region} within ${by}.`;
      return view(ageMs >= rescueAfter, 'NATIVE_LATE', text);
    }
  }
}
