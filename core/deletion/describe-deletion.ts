import type { Notice, Outcome } from '../decision.ts';
import { composeNotice, formatMoment } from '../notification/notice-text.ts';
import type { Deletion, DeletionDecision, Mark } from './decide-deletion.ts';

/** Tells people what is gone at home while there is time, what waits for them, what was deleted. */
export function describeDeletion(decision: DeletionDecision, outcome: Outcome): Notice | undefined {
  if (decision.action === 'mark') {
    return decision.added.length > 0 && outcome.status === 'done' ? announced(decision) : undefined;
  }
  if (decision.action === 'delete') return outcome.text === '' ? undefined : ran(decision, outcome);
  return decision.reason.code === 'AWAITS_PERSON' ? awaited(decision.app) : undefined;
}

function announced({ app, home, added, reason, dueAtMs, isAutomatic }: Mark): Notice {
  const at = formatMoment(dueAtMs);
  const then = isAutomatic
    ? `After ${at} it is deleted in the other regions too`
    : `After ${at} you may delete it in the other regions too`;
  return composeNotice({
    kind: 'deletion-announced',
    severity: 'info',
    subject: `Farshore: images of ${app} were deleted in ${home}`,
    happened: `${reason.text} ${then}, unless something there runs or needs it.`,
    done: ['Nothing was deleted by Farshore. Gone at home:', ...added],
    verify: [`farshore images prune ${app} --dry-run`],
    undo: [
      `Push what was deleted by mistake to ${home} again: it then stays everywhere.`,
      'Or remove replication.deletion from the fleet file and deploy.',
    ],
  });
}

function awaited(app: string): Notice {
  return composeNotice({
    kind: 'deletion-awaits-person',
    severity: 'info',
    subject: `Farshore: images of ${app} can be deleted in the other regions`,
    happened: 'Images that were deleted at home have been gone for as long as the fleet file asks.',
    done: ['Nothing: replication.deletion.automatic is off, so a person decides.'],
    verify: [`farshore images prune ${app} --dry-run`],
    undo: [`Delete them: farshore images prune ${app}`],
  });
}

function ran(decision: Deletion, { status, text }: Outcome): Notice | undefined {
  if (status !== 'done' && status !== 'failed') return undefined;
  const { app, home, repository, images, left, actor } = decision;
  if (images.length === 0) return undefined;
  const why =
    actor === undefined ? decision.reason.text : `${decision.reason.text} Asked by ${actor}.`;
  const digests = images.map(({ tombstone: { digest, tags } }) => `${tags[0] ?? '-'} ${digest}`);
  const more =
    left === 0 ? [] : [`${left} more are due; a run deletes at most what maxPerRun says.`];
  const hasFailed = status === 'failed';
  const again = hasFailed ? ['What failed stays due: the next run tries it again.'] : [];
  return composeNotice({
    kind: hasFailed ? 'deletion-failed' : 'images-deleted',
    severity: hasFailed ? 'action-required' : 'auto-handled',
    subject: hasFailed
      ? `Farshore: images of ${app} could not all be deleted as in ${home}`
      : `Farshore: images of ${app} followed their deletion in ${home}`,
    happened: why,
    done: [text, ...again, ...more, 'What this was about:', ...digests],
    verify: [`farshore images prune ${app} --dry-run`, `farshore events --app ${app}`],
    undo: [
      `Push an image to ${repository} in ${home} again; it travels from there.`,
      'Where a region kept it: farshore images copy ITS-REGISTRY/REPOSITORY@DIGEST HOME-REGISTRY.',
      'Remove replication.deletion from the fleet file and deploy, and nothing more is deleted.',
    ],
  });
}
