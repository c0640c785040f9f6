import type { Notice, Outcome } from '../decision.ts';
import { composeNotice, formatMoment } from '../notification/notice-text.ts';
import type { RolloutDecision, Told } from './rollout-decision.ts';

/** Tells people how a rollout ended and when one needs them. */
export function describeRollout(decision: RolloutDecision, outcome: Outcome): Notice | undefined {
  if (outcome.status !== 'done') return undefined;
  const { action, app, reason } = decision;
  if (action === 'complete') return succeeded(app, decision.rollout);
  if (action === 'finish-rollback') return rolledBack(app, decision.rollout);
  if (action === 'halt') return halted(app, decision.rollout, reason.text);
  if (action === 'block') return blocked(app, decision.image.tag, reason.text);
  return undefined;
}

const verify = (app: string) => [`farshore explain ${app}`, 'farshore status'];

function succeeded(app: string, { tag, digest, regions, startedAtMs }: Told): Notice {
  return composeNotice({
    kind: 'rollout-succeeded',
    severity: 'info',
    subject: `Farshore: ${app} ${tag} runs in every region`,
    happened: `${app} ${tag} (${digest}) runs in ${regions.join(', ')}.`,
    done: [
      `The rollout started at ${formatMoment(startedAtMs)} and went through the regions in this ` +
        'order; each one was steady for its bake time before the next began.',
    ],
    verify: verify(app),
    undo: [`farshore rollout roll-back ${app}`],
  });
}

function rolledBack(app: string, rollout: Told): Notice {
  const { tag, digest, regions, failure, before = 'the image that ran before' } = rollout;
  return composeNotice({
    kind: 'rollout-rolled-back',
    severity: 'auto-handled',
    subject: `Farshore: ${app} ${tag} was rolled back`,
    happened: `${app} ${tag} (${digest}) was rolled back. ${failure?.text ?? ''}`.trim(),
    done: [
      `Every service that ran it in ${regions.join(', ')} is back on ${before}, the serving ` +
        'region first.',
      'The image is quarantined: Farshore does not roll out this digest by itself again.',
    ],
    verify: verify(app),
    undo: [
      'Push a fixed image under a newer tag; it is rolled out as usual.',
      `To try the same one again: farshore rollout start ${app} --tag ${tag}`,
    ],
  });
}

function halted(app: string, { tag, digest }: Told, cause: string): Notice {
  return composeNotice({
    kind: 'rollout-halted',
    severity: 'action-required',
    subject: `Farshore: the rollout of ${app} ${tag} stands still`,
    happened:
      `The rollout of ${app} ${tag} (${digest}) cannot go on. ${cause} ` +
      'No region was skipped; services keep running what they run.',
    done: ['Farshore keeps looking and goes on by itself as soon as it can.'],
    verify: verify(app),
    undo: [`To go back instead: farshore rollout roll-back ${app}`],
  });
}

function blocked(app: string, tag: string, cause: string): Notice {
  return composeNotice({
    kind: 'rollout-blocked',
    severity: 'action-required',
    subject: `Farshore: ${app} ${tag} waits for you`,
    happened: `${app} ${tag} cannot be rolled out. ${cause} Nothing was changed in any region.`,
    done: ['Farshore looks again with every sweep and starts when the cause is gone.'],
    verify: verify(app),
  });
}
