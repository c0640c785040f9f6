import { digestOf } from '../image-uri.ts';
import type { ServiceRef, ServiceState } from '../ports.ts';

/** A service in one region, as a rollout sees it. */
export interface ObservedService {
  readonly name: string;
  readonly ref: ServiceRef;
  /** Undefined when there is no such service, or when it could not be read. */
  readonly state: ServiceState | undefined;
  /** Why it could not be read. */
  readonly failure?: string;
}

/**
 * A service that shows something else this soon after a deployment was asked for is a late
 * read of ECS rather than a decision of its circuit breaker, in ms.
 */
const SETTLE_MS = 20_000;

/** The one deployment that ECS works towards. */
function primaryOf(state: ServiceState) {
  return state.deployments.find(({ status }) => status === 'PRIMARY');
}

/** A deployment is under way. */
export function isDeploying(state: ServiceState): boolean {
  return primaryOf(state)?.rolloutState === 'IN_PROGRESS';
}

/** The wanted digest, all tasks of it, and nothing else: a success on zero tasks proves nothing. */
export function isSteadyOn(digest: string, state: ServiceState): boolean {
  const primary = primaryOf(state);
  const rest = state.deployments.filter((deployment) => deployment !== primary);
  return (
    state.status === 'ACTIVE' &&
    digestOf(state.image) === digest &&
    primary?.rolloutState === 'COMPLETED' &&
    primary.taskDefinition === state.taskDefinition &&
    state.desired > 0 &&
    state.running === state.desired &&
    rest.every(({ running }) => running === 0)
  );
}

/** Steady on a task definition, whatever its image: what a rollback waits for. */
export function isSteadyAt(taskDefinition: string, state: ServiceState): boolean {
  return (
    state.taskDefinition === taskDefinition &&
    primaryOf(state)?.rolloutState === 'COMPLETED' &&
    state.running === state.desired
  );
}

/** What went wrong with a deployment of this digest; undefined while it may still succeed. */
export function failureOf(
  digest: string,
  { state, ref, name }: ObservedService,
  sinceDeployedMs: number,
): { readonly code: string; readonly text: string } | undefined {
  const where = `${ref.region}/${name}`;
  if (state === undefined || state.status !== 'ACTIVE') {
    return { code: 'SERVICE_GONE', text: `The service ${where} is not active any more.` };
  }
  const failed = state.deployments.find(({ rolloutState }) => rolloutState === 'FAILED');
  const cause = failed?.rolloutReason ?? '';
  if (digestOf(state.image) === digest) {
    if (primaryOf(state)?.rolloutState !== 'FAILED') return undefined;
    return {
      code: 'DEPLOYMENT_FAILED',
      text: `The deployment in ${where} failed. ${cause}`.trim(),
    };
  }
  if (sinceDeployedMs < SETTLE_MS) return undefined;
  const text = `The service ${where} went back to ${state.taskDefinition}. ${cause}`.trim();
  return { code: 'SERVICE_WENT_BACK', text };
}
