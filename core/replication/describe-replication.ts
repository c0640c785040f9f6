import type { Notice, Outcome } from '../decision.ts';
import { composeNotice } from '../notification/notice-text.ts';
import type { Replication, ReplicationDecision } from './decide-replication.ts';

/** Tells people of a copy that cannot succeed or is overdue, and when it succeeds after all. */
export function describeReplication(
  decision: ReplicationDecision,
  outcome: Outcome,
): Notice | undefined {
  if (decision.action !== 'copy') return undefined;
  if (outcome.code === 'TAG_TAKEN') return tagTaken(decision, outcome);
  if (outcome.status === 'done') return decision.wasFailureTold ? recovered(decision) : undefined;
  if (outcome.status !== 'failed') return undefined;
  if (outcome.isFinal === true) {
    return decision.toldCause === outcome.text ? undefined : refused(decision, outcome);
  }
  return decision.isFailureTold ? overdue(decision, outcome) : undefined;
}

/** How people know it: by tag, or as what is attached to an image. */
function nameOf({ repository, tag, digest }: Replication): { short: string; full: string } {
  if (tag === undefined) {
    return { short: `artifact ${digest.slice(7, 19)}`, full: `artifact ${repository}@${digest}` };
  }
  return { short: tag, full: `image ${repository}:${tag} (${digest})` };
}

const verify = (app: string) => [`farshore explain ${app}`, 'farshore status'];

function overdue(decision: Replication, { text: cause }: Outcome): Notice {
  const { app, home } = decision;
  const { short, full } = nameOf(decision);
  return composeNotice({
    kind: 'replication-failed',
    severity: 'action-required',
    subject: `Farshore: ${app} ${short} is still not in every region`,
    happened:
      `The ${full} could not be copied from ${home} in time: ` +
      `${cause}. It is not rolled out anywhere; what runs now keeps running.`,
    done: [
      'Regions that answered have what they could take; nothing there was removed.',
      'Farshore tries again at least every 15 minutes and tells you when it succeeds.',
    ],
    verify: verify(app),
    undo: [
      'Check the repository, its policy and its tag immutability in the regions named above.',
      `To stop the attempts, delete ${short} in ${home}.`,
    ],
  });
}

function refused(decision: Replication, { text: cause }: Outcome): Notice {
  const { app, home } = decision;
  const { short, full } = nameOf(decision);
  return composeNotice({
    kind: 'replication-failed',
    severity: 'action-required',
    subject: `Farshore: ${app} ${short} cannot be replicated`,
    happened:
      `The ${full} in ${home} cannot be copied. ${cause} ` +
      'It is not rolled out anywhere; what runs now keeps running.',
    done: [
      'Regions that could take it have it. Farshore does not try again by itself: its message is ' +
        `a dead letter of replicate-image in ${home}, with this cause.`,
    ],
    verify: [...verify(app), `farshore dlq list replicate-image --region ${home}`],
    undo: [
      'Mend the cause named above; an image that is itself at fault is built and pushed again.',
      `Then send the message back: farshore dlq redrive replicate-image --region ${home}`,
    ],
  });
}

function recovered(decision: Replication): Notice {
  const { app } = decision;
  const { short, full } = nameOf(decision);
  return composeNotice({
    kind: 'replication-recovered',
    severity: 'info',
    subject: `Farshore: ${app} ${short} is in every region now`,
    happened:
      `The ${full} reached every region after all. ` +
      'It is rolled out if the rollout policy says so.',
    verify: verify(app),
  });
}

function tagTaken(decision: Replication, { text }: Outcome): Notice {
  const { app, home } = decision;
  const { short, full } = nameOf(decision);
  return composeNotice({
    kind: 'replication-tag-taken',
    severity: 'auto-handled',
    subject: `Farshore: ${app} ${short} names another image in a region`,
    happened: `The ${full} of ${home} could not get its tag everywhere. ${text}`,
    done: ['It was copied all the same, as onImmutableConflict says; a rollout uses its digest.'],
    verify: verify(app),
    undo: [
      `Look who pushed ${short} there; delete that tag, then: farshore images backfill ${app}`,
    ],
  });
}
