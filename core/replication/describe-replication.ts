import type { Notice, Outcome } from '../decision.ts';
import { composeNotice } from '../notification/notice-text.ts';
import type { Replication, ReplicationDecision } from './decide-replication.ts';

/** Tells people of a copy that cannot succeed or is overdue, and when it succeeds after all. */
export function describeReplication(
  decision: ReplicationDecision,
  outcome: Outcome,
): Notice | undefined {
  if (decision.action === 'none') return undefined;
  if (outcome.status === 'done') return decision.wasFailureTold ? recovered(decision) : undefined;
  if (outcome.status !== 'failed') return undefined;
  // A failure without another attempt is final, so it is told at once.
  if (outcome.recheckAtMs === undefined) return refused(decision, outcome);
  return decision.isFailureTold ? overdue(decision, outcome) : undefined;
}

const verify = (app: string) => [`farshore explain ${app}`, 'farshore status'];

function overdue(decision: Replication, { text: cause }: Outcome): Notice {
  const { app, tag, repository, home, digest } = decision;
  return composeNotice({
    kind: 'replication-failed',
    severity: 'action-required',
    subject: `Farshore: ${app} ${tag} is still not in every region`,
    happened:
      `The image ${repository}:${tag} (${digest}) could not be copied from ${home} in time: ` +
      `${cause}. It is not rolled out anywhere; what runs now keeps running.`,
    done: [
      'Regions that answered have what they could take; nothing there was removed.',
      'Farshore tries again at least every 15 minutes and tells you when it succeeds.',
    ],
    verify: verify(app),
    undo: [
      'Check the repository, its policy and its tag immutability in the regions named above.',
      `To stop the attempts, delete the tag ${tag} in ${home}.`,
    ],
  });
}

function refused(decision: Replication, { text: cause }: Outcome): Notice {
  const { app, tag, repository, home, digest } = decision;
  return composeNotice({
    kind: 'replication-failed',
    severity: 'action-required',
    subject: `Farshore: ${app} ${tag} cannot be replicated`,
    happened:
      `The image ${repository}:${tag} (${digest}) in ${home} cannot be copied. ${cause} ` +
      'It is not rolled out anywhere; what runs now keeps running.',
    done: ['Nothing was copied. Farshore does not try again: a digest never changes.'],
    verify: verify(app),
    undo: ['Build the image again without this fault and push it.'],
  });
}

function recovered({ app, tag, repository, digest }: Replication): Notice {
  return composeNotice({
    kind: 'replication-recovered',
    severity: 'info',
    subject: `Farshore: ${app} ${tag} is in every region now`,
    happened:
      `The image ${repository}:${tag} (${digest}) reached every region after all. ` +
      'It is rolled out if the rollout policy says so.',
    verify: verify(app),
  });
}
