import type { Application } from '../../../core/contract/fleet.ts';
import type { Evidence, Verdict } from '../../../core/failover/evidence.ts';
import type { FailoverState } from '../../../core/failover/failover-state.ts';
import type { ObservedFailover, ObservedTarget } from '../../../core/failover/observed-failover.ts';
import { observer, primary, shopFleet, standby } from './failover-world.ts';

export const nowMs = Date.UTC(2026, 2, 2, 12);
export const application = shopFleet().applications['storefront'] as Application;

/** What one region sees of the two that serve. */
export function sees(
  by: string,
  active: Verdict = 'up',
  changes: Partial<Evidence> = {},
): Evidence {
  const sight = (verdict: Verdict) => ({
    probe: { verdict, rounds: 3, isOk: verdict === 'up', sinceMs: 0, text: '' },
    route53: verdict,
  });
  return {
    observer: by,
    atMs: nowMs - 1_000,
    isBlind: false,
    blindRounds: 0,
    regions: { [primary]: sight(active), [standby]: sight('up') },
    slo: 'unknown',
    ...changes,
  };
}

const allWell = [sees(primary), sees(standby), sees(observer)];
export const primaryDown = [sees(primary), sees(standby, 'down'), sees(observer, 'down')];

export const steady: FailoverState = {
  active: primary,
  epoch: 4,
  phase: 'steady',
  flips: [],
  requests: [],
};

export const ready: ObservedTarget = {
  region: standby,
  services: { web: { desired: 4, healthy: 4, image: 'web@sha256:1', canPull: true } },
  alarms: {},
};

/** What the standby's own function sees; all is well unless the changes say otherwise. */
export function observed(changes: Partial<ObservedFailover> = {}): ObservedFailover {
  return {
    region: standby,
    application,
    state: steady,
    version: 7,
    observers: [primary, standby, observer],
    evidence: allWell,
    ...changes,
  };
}
