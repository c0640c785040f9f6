import { digestOf } from '../image-uri.ts';
import type { RolloutObserved } from './observe-rollout.ts';
import { base, LOOK_AGAIN_MS, none, type RolloutDecision, toldOf } from './rollout-decision.ts';
import type { RolloutEvent } from './rollout-event.ts';
import type { Rollout } from './rollout-state.ts';
import { isSteadyAt, type ObservedService } from './service-health.ts';

/** A service that has to go back, and to which task definition. */
export interface Restorable {
  readonly service: ObservedService;
  readonly taskDefinition: string;
}

/**
 * Services that still run what this rollout put there, the serving region first. A service that
 * somebody else deployed meanwhile is theirs and stays as it is.
 */
export function restorable(
  { services, serving }: RolloutObserved,
  current: Rollout,
): readonly Restorable[] {
  const ours = [current.digest, ...current.supersedes];
  const found = touched(services, current).filter(({ service, taskDefinition }) => {
    const { state } = service;
    if (state === undefined || state.taskDefinition === taskDefinition) return false;
    return ours.includes(digestOf(state.image) ?? '');
  });
  const isServing = ({ service }: Restorable) => service.ref.region === serving.active;
  return [...found.filter(isServing), ...found.filter((entry) => !isServing(entry))];
}

/** The next step of a rollback. Nothing blocks it: no freeze, no bake, no gate. */
export function decideRollback(
  event: RolloutEvent,
  observed: RolloutObserved,
  nowMs: number,
): RolloutDecision {
  const { current } = observed.document;
  if (current === undefined) return none(event, 'NOTHING_TO_ROLL_BACK', 'There is no rollout.');
  const rollout = toldOf(current);
  const recheckAtMs = nowMs + LOOK_AGAIN_MS;
  const left = restorable(observed, current);
  if (left.length > 0) {
    const where = left.map(({ service }) => `${service.ref.region}/${service.name}`).join(', ');
    const reason = { code: 'RESTORING', text: `${current.tag} is taken back in ${where}.` };
    return { ...base(event), action: 'restore', reason, rollout, recheckAtMs };
  }
  const all = touched(observed.services, current);
  const isOverdue = nowMs >= current.movedAtMs + event.application.rollout.deadline;
  const unsteady = all.find(({ service: { state, failure }, taskDefinition }) => {
    if (failure !== undefined) return true;
    return state?.taskDefinition === taskDefinition && !isSteadyAt(taskDefinition, state);
  });
  if (unsteady === undefined) {
    const text = `What ran before ${current.tag} runs again: ${current.failure?.text ?? ''}`.trim();
    return {
      ...base(event),
      action: 'finish-rollback',
      reason: { code: 'RESTORED', text },
      rollout,
    };
  }
  const { service } = unsteady;
  const where = `${service.ref.region}/${service.name}`;
  const text = `The rollback waits for ${where}: ${service.failure ?? 'it is not steady yet'}.`;
  const reason = { code: 'WAITING_FOR_ROLLBACK', text };
  if (isOverdue && current.haltedAtMs === undefined) {
    return { ...base(event), action: 'halt', reason, rollout };
  }
  return none(event, reason.code, reason.text, recheckAtMs);
}

/** Every service that this rollout, or one it took over from, deployed or was about to deploy. */
function touched(services: readonly ObservedService[], current: Rollout): readonly Restorable[] {
  return current.waves.flatMap((wave) =>
    services.flatMap((service) => {
      const progress = wave.services[service.name];
      if (service.ref.region !== wave.region || progress === undefined) return [];
      return [{ service, taskDefinition: progress.previousTaskDefinition }];
    }),
  );
}
