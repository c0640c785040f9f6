import { decideRollback } from './decide-rollback.ts';
import { decideStart } from './decide-start.ts';
import { decideStep } from './decide-step.ts';
import type { RolloutObserved } from './observe-rollout.ts';
import { none, rollBack, type RolloutDecision, toldOf } from './rollout-decision.ts';
import type { RolloutEvent } from './rollout-event.ts';
import { activeWave, isUnderWay, type Rollout } from './rollout-state.ts';

/** A lease is renewed when less than this is left, in ms: half of what it is taken for. */
const RENEW_BELOW_MS = 90_000;

/** Decides the next single step: whatever happens between two steps, the next wake goes on. */
export function decideRollout(
  event: RolloutEvent,
  observed: RolloutObserved,
  nowMs: number,
): RolloutDecision {
  const { document, lease, serving } = observed;
  const { current } = document;
  if (serving.phase === 'moving' || lease.holder === 'failover') {
    return none(event, 'FAILOVER_FIRST', 'A failover holds the application; rollouts wait for it.');
  }
  const decision = decideOwnStep(event, observed, nowMs);
  if (decision.action !== 'none' || !isUnderWay(current)) return decision;
  if (isBusy(current) && lease.untilMs - nowMs < RENEW_BELOW_MS) {
    return { ...decision, action: 'hold', rollout: toldOf(current) };
  }
  // A message that came back for every event would multiply; only rechecks carry themselves on.
  return event.cause === 'recheck'
    ? decision
    : none(event, decision.reason.code, decision.reason.text);
}

/** A rollout that waits between regions, or for a silent one, must not hold scale-in for days. */
function isBusy(current: Rollout): boolean {
  const isMoving = current.state === 'ROLLING_BACK' || activeWave(current) !== undefined;
  return isMoving && current.haltedAtMs === undefined;
}

function decideOwnStep(
  event: RolloutEvent,
  observed: RolloutObserved,
  nowMs: number,
): RolloutDecision {
  const { current, requestId } = observed.document;
  const isRepeated = event.request !== undefined && event.request.id === requestId;
  if (event.request?.kind === 'roll-back' && !isRepeated) {
    return rollBackOnRequest(event, current, nowMs);
  }
  if (current?.state === 'ROLLING_BACK') return decideRollback(event, observed, nowMs);
  if (isUnderWay(current)) return decideStep(event, { observed, current, nowMs });
  if (isRepeated) {
    return none(event, 'REQUEST_ALREADY_DONE', 'This request was carried out before.');
  }
  return decideStart(event, observed, nowMs);
}

function rollBackOnRequest(
  event: RolloutEvent,
  current: Rollout | undefined,
  nowMs: number,
): RolloutDecision {
  if (current === undefined || current.state === 'ROLLED_BACK') {
    return none(event, 'NOTHING_TO_ROLL_BACK', 'Farshore made no rollout that could go back.');
  }
  if (current.state === 'ROLLING_BACK') {
    return none(event, 'ALREADY_ROLLING_BACK', `${current.tag} is being rolled back already.`);
  }
  const actor = event.request?.actor ?? 'An operator';
  const text = `${actor} asked to roll back ${current.tag}.`;
  return rollBack(event, { current, nowMs, reason: { code: 'OPERATOR_ROLLED_BACK', text } });
}
