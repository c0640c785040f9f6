import type { ObservedService, ScalingEvent } from '../../../core/scaling/observed-service.ts';
import type { Change } from '../../../core/scaling/scaling-state.ts';
import type { Alarm, ServiceState } from '../../../core/ports.ts';
import { shopFleet } from '../failover/failover-world.ts';

export const nowMs = 10_000_000;
const region = 'us-east-1';
const scaling = shopFleet().applications['storefront']?.scaling ?? {};
export const event: ScalingEvent = { app: 'storefront', service: 'web', cause: 'alarm' };

export function alarm(name: string, changes: Partial<Alarm> = {}): Alarm {
  const isHigh = name === 'busy';
  return {
    name,
    state: 'OK',
    stateSinceMs: 0,
    threshold: isHigh ? 70 : 30,
    comparison: isHigh ? 'above' : 'below',
    actionsEnabled: true,
    latestValue: 50,
    ...changes,
  };
}

export const busy = (latestValue: number | undefined) =>
  alarm('busy', { state: 'ALARM', latestValue });
export const quiet = (latestValue: number | undefined) =>
  alarm('quiet', { state: 'ALARM', latestValue });

export const deployment = {
  id: 'd',
  status: 'PRIMARY',
  rolloutState: 'COMPLETED',
  rolloutReason: '',
  taskDefinition: 't:1',
  desired: 4,
  running: 4,
} as const;

export function live(changes: Partial<ServiceState> = {}): ServiceState {
  const desired = changes.desired ?? 4;
  return {
    status: 'ACTIVE',
    controller: 'ECS',
    desired,
    running: desired,
    taskDefinition: 't:1',
    image: 'i',
    deployments: [deployment],
    events: [],
    ...changes,
  };
}

export function seen(
  alarms: readonly Alarm[],
  changes: Partial<ObservedService> = {},
): ObservedService {
  return {
    region,
    bounds: { min: 2, max: 10 },
    policies: Object.entries(scaling).map(([name, policy]) => ({
      name,
      policy,
      alarmName: name,
      alarm: alarms.find((found) => found.name === name) ?? alarm(name),
    })),
    live: live(),
    state: {},
    version: undefined,
    leaseHolder: 'nobody',
    failoverHoldUntilMs: 0,
    ...changes,
  };
}

export const change = (from: number, to: number, agoMs: number): Change => ({
  atMs: nowMs - agoMs,
  from,
  to,
  magnitude: Math.abs(to - from),
  cooldownUntilMs: nowMs - agoMs + 300_000,
});
