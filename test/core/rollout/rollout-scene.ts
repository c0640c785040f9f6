import type { Application } from '../../../core/contract/fleet.ts';
import type { ServiceDeployment, ServiceState } from '../../../core/ports.ts';
import type { Candidate } from '../../../core/rollout/find-candidate.ts';
import type { RolloutObserved } from '../../../core/rollout/observe-rollout.ts';
import type { RolloutEvent } from '../../../core/rollout/rollout-event.ts';
import type { Rollout, RolloutDocument } from '../../../core/rollout/rollout-state.ts';
import type { ObservedService } from '../../../core/rollout/service-health.ts';
import { active, Shop, standby } from './shop.ts';

export const nowMs = Date.UTC(2026, 2, 2, 12);
export const wanted = `sha256:${'b'.repeat(64)}`;
export const running = `sha256:${'a'.repeat(64)}`;
export const application: Application = new Shop().application;
export const event: RolloutEvent = { app: 'storefront', application, cause: 'recheck' };
export const request = { id: 'r-1', actor: 'ada', kind: 'start' } as const;

/** A rollout policy with round numbers: a minute of baking, ten to get there. */
export const timed: Application = {
  ...application,
  rollout: { ...application.rollout, automatic: true, bake: 60_000, deadline: 600_000 },
};

export const deployment: ServiceDeployment = {
  id: 'd',
  status: 'PRIMARY',
  rolloutState: 'COMPLETED',
  rolloutReason: '',
  taskDefinition: 'web:1',
  desired: 4,
  running: 4,
};

/** A service that is steady on a digest. */
export function service(
  region: string,
  digest: string,
  changes: Partial<ServiceState> = {},
): ObservedService {
  const state: ServiceState = {
    status: 'ACTIVE',
    controller: 'ECS',
    desired: 4,
    running: 4,
    taskDefinition: 'web:1',
    image: `shop/storefront@${digest}`,
    deployments: [deployment],
    events: [],
    ...changes,
  };
  const ref = { region, cluster: 'shop', service: 'storefront-web', container: 'web' };
  return { name: 'web', ref, state };
}

/** A service that ECS does not have, or that could not be read. */
export function absent(region: string, failure?: string): ObservedService {
  const { name, ref } = service(region, running);
  return { name, ref, state: undefined, ...(failure === undefined ? {} : { failure }) };
}

export const candidate: Candidate = {
  digest: wanted,
  tag: '1.1.0',
  isReplicated: true,
  age: 'newer',
  runningTag: '1.0.0',
};

export function observed(
  changes: Partial<RolloutObserved> = {},
  document: Partial<RolloutDocument> = {},
): RolloutObserved {
  return {
    document: { quarantined: [], ...document },
    version: 1,
    serving: { active, epoch: 1, phase: 'steady' },
    lease: { holder: 'rollout', epoch: 1, untilMs: nowMs + 180_000 },
    services: [service(active, running), service(standby, running)],
    candidate,
    missingIn: [],
    ...changes,
  };
}

/** A rollout whose first region is under way. */
export function rollout(changes: Partial<Rollout> = {}): Rollout {
  return {
    id: 'rollout-1',
    digest: wanted,
    tag: '1.1.0',
    state: 'DEPLOYING',
    startedAtMs: nowMs - 120_000,
    movedAtMs: nowMs - 60_000,
    waves: [
      {
        region: standby,
        startedAtMs: nowMs - 60_000,
        services: { web: { previousTaskDefinition: 'web:0', taskDefinition: 'web:1' } },
      },
      { region: active, services: {} },
    ],
    supersedes: [],
    ...changes,
  };
}
