import type { FailoverEvent, ObservedFailover } from './observed-failover.ts';
import { type Assessment, assessRegions } from './quorum.ts';

/** What every decision of one look shares. */
export interface FailoverContext {
  readonly event: FailoverEvent;
  readonly observed: ObservedFailover;
  readonly assessment: Assessment;
  readonly nowMs: number;
}

/** What the observers say of the active region and of the one that would take over. */
export function assess(observed: ObservedFailover, nowMs: number): Assessment {
  const { active } = observed.state;
  const target = standbyOf(observed);
  return assessRegions(observed.evidence, { observers: observed.observers, active, target, nowMs });
}

/** Where traffic is going, or would go. */
function standbyOf({ application, state }: ObservedFailover): string {
  return (
    state.target ?? application.regions.find((region) => region !== state.active) ?? state.active
  );
}

/** The fields that every decision carries. */
export function frame({ event, observed }: FailoverContext) {
  const { state, region } = observed;
  const { active: from, epoch } = state;
  return { app: event.app, subject: 'traffic', region, epoch, from, to: standbyOf(observed) };
}
