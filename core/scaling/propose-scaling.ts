import type { Reason } from '../decision.ts';
import type { Alarm, ServiceState } from '../ports.ts';
import type { ObservedPolicy, ObservedService } from './observed-service.ts';
import { lastChange } from './scaling-state.ts';
import { adjustedCount, type BreachSide, stepFor } from './step-adjustment.ts';

/** What one policy asks for, or why it asks for nothing. */
export interface Proposal {
  readonly policy: string;
  readonly alarm: string;
  readonly reason: Reason;
  /** Which way its breach points, also when nothing comes of it. */
  readonly direction: 'out' | 'in' | 'none';
  /** The count it asks for, within the bounds of the service; absent when it asks for nothing. */
  readonly to?: number;
  /** Tasks added since the first step of the running cooldown. */
  readonly magnitude?: number;
  /** When a later look may find another answer; ms since the epoch. */
  readonly recheckAtMs?: number;
}

/** How long ECS messages about missing capacity count, in ms: its own retries are minutes apart. */
const UNFULFILLED_MS_MAX = 300_000;

/** What one policy asks for, by Application Auto Scaling's rules of step scaling. */
export function proposeScaling(
  observed: ObservedService & { readonly live: ServiceState },
  { name, policy, alarmName, alarm }: ObservedPolicy,
  nowMs: number,
): Proposal {
  const proposal = { policy: name, alarm: alarmName, direction: 'none' as const };
  const quiet = (code: string, text: string): Proposal => ({ ...proposal, reason: { code, text } });
  const periodMs = policy.metric?.period ?? 60_000;
  const later = { recheckAtMs: nowMs + Math.max(periodMs, 60_000) };

  if (alarm === undefined) return quiet('NO_DATA', `There is no alarm ${alarmName}.`);
  const silence = observed.state.silenced?.[alarmName];
  if (silence !== undefined || !alarm.actionsEnabled) {
    const by = silence === undefined ? 'its actions are switched off' : silence.by;
    return quiet('SUPPRESSED', `Alarm ${alarmName} is silenced: ${by}.`);
  }
  if (alarm.state === 'OK') return quiet('ALARM_OK', `Alarm ${alarmName} is OK.`);
  if (alarm.state === 'INSUFFICIENT_DATA') {
    return quiet('NO_DATA', `Alarm ${alarmName} has no data; without data nothing is changed.`);
  }
  const step = breachedStep(policy, alarm);
  if (step === undefined) {
    return { ...quiet('NO_DATA', `The metric of ${alarmName} has no newest value.`), ...later };
  }
  if (step === 'in-band') {
    const text = `The newest value of ${alarmName} calls for no step.`;
    return { ...quiet('IN_BAND', text), ...later };
  }
  return propose(
    observed,
    { ...proposal, by: step.by, isMeasured: step.isMeasured },
    {
      policy,
      nowMs,
      recheckAtMs: later.recheckAtMs,
    },
  );
}

/** The step for the newest value; an alarm that has no value can only drive a single step. */
function breachedStep(
  { steps, metric }: ObservedPolicy['policy'],
  { latestValue, threshold = metric?.threshold, comparison = metric?.comparison }: Alarm,
): { by: number; isMeasured: boolean } | 'in-band' | undefined {
  if (latestValue === undefined || threshold === undefined) {
    const [only, ...others] = steps;
    if (only === undefined || others.length > 0) return undefined;
    return { by: only.by, isMeasured: latestValue !== undefined };
  }
  const breach = latestValue - threshold;
  const step = stepFor(steps, breach, sideOf(comparison, breach));
  return step === undefined || step.by === 0 ? 'in-band' : { by: step.by, isMeasured: true };
}

function sideOf(comparison: Alarm['comparison'], breach: number): BreachSide {
  if (comparison === undefined) return breach >= 0 ? 'above' : 'below';
  return comparison === 'above' || comparison === 'at-or-above' ? 'above' : 'below';
}

interface Breach {
  readonly policy: string;
  readonly alarm: string;
  readonly direction: 'none';
  readonly by: number;
  readonly isMeasured: boolean;
}

interface Terms {
  readonly policy: ObservedPolicy['policy'];
  readonly nowMs: number;
  readonly recheckAtMs: number;
}

function propose(
  observed: ObservedService & { readonly live: ServiceState },
  breach: Breach,
  terms: Terms,
): Proposal {
  const { desired } = observed.live;
  const towards = terms.policy.adjustment === 'exact' ? breach.by - desired : breach.by;
  if (towards > 0) return proposeOut(observed, breach, terms);
  if (towards < 0) return proposeIn(observed, breach, terms);
  const text = `${desired} tasks are what ${breach.policy} asks for.`;
  const { policy, alarm } = breach;
  return { policy, alarm, direction: 'none', reason: { code: 'IN_BAND', text } };
}

function proposeOut(
  { live, bounds, state }: ObservedService & { readonly live: ServiceState },
  { policy: name, alarm, by }: Breach,
  { policy, nowMs }: Terms,
): Proposal {
  const proposal = { policy: name, alarm, direction: 'out' as const };
  const { desired } = live;
  const refuse = (code: string, text: string): Proposal => ({
    ...proposal,
    reason: { code, text },
  });
  if (desired >= bounds.max) {
    return refuse('AT_MAX', `${desired} tasks are wanted already; the maximum is ${bounds.max}.`);
  }
  const unplaced = unplacedMessage(live, nowMs);
  if (unplaced !== undefined) {
    const text = `Only ${live.running} of ${desired} tasks run: ${unplaced}`;
    return refuse('UNFULFILLED', text);
  }
  const { lastOut } = state;
  const cooling = lastOut !== undefined && nowMs < lastOut.cooldownUntilMs ? lastOut : undefined;
  const added = cooling?.magnitude ?? 0;
  const base = Math.max(desired - added, bounds.min);
  const to = Math.min(bounds.max, adjustedCount(policy, base, by));
  if (to <= desired) {
    if (cooling === undefined) return refuse('IN_BAND', `${by} % of ${desired} tasks is no task.`);
    const text = `The last step already added ${added}; the cooldown lets only a larger one add.`;
    return { ...refuse('COOLDOWN', text), recheckAtMs: cooling.cooldownUntilMs };
  }
  const text = `${alarm} is in ALARM: from ${desired} to ${to} tasks.`;
  const magnitude = added + (to - desired);
  return { ...proposal, reason: { code: 'SCALED_OUT', text }, to, magnitude };
}

function proposeIn(
  observed: ObservedService & { readonly live: ServiceState },
  { policy: name, alarm, by, isMeasured }: Breach,
  { policy, nowMs, recheckAtMs }: Terms,
): Proposal {
  const { live, bounds, state } = observed;
  const { desired } = live;
  const proposal = { policy: name, alarm, direction: 'in' as const };
  const refuse = (code: string, text: string, atMs?: number): Proposal => ({
    ...proposal,
    reason: { code, text },
    ...(atMs === undefined ? {} : { recheckAtMs: atMs }),
  });
  if (!isMeasured) {
    return refuse('NO_DATA', `${alarm} has no newest value; without data nothing is removed.`);
  }
  if (desired < bounds.min) {
    return refuse('BELOW_MIN', `${desired} tasks are below the minimum of ${bounds.min}.`);
  }
  if (desired === bounds.min) {
    return refuse('AT_MIN', `${desired} tasks are wanted; the minimum is ${bounds.min}.`);
  }
  const held = heldBy(observed, nowMs, recheckAtMs);
  if (held !== undefined) return { ...proposal, ...held };
  const last = lastChange(state);
  if (last !== undefined && nowMs < last.cooldownUntilMs) {
    const text = `The last change from ${last.from} to ${last.to} is still cooling down.`;
    return refuse('COOLDOWN', text, last.cooldownUntilMs);
  }
  const base = Math.min(desired, bounds.max);
  const to = Math.max(bounds.min, adjustedCount(policy, base, by));
  const text = `${alarm} is in ALARM: from ${desired} to ${to} tasks.`;
  return { ...proposal, reason: { code: 'SCALED_IN', text }, to, magnitude: desired - to };
}

/** Removing tasks waits while somebody else depends on them. */
function heldBy(
  { live, leaseHolder, failoverHoldUntilMs }: ObservedService & { readonly live: ServiceState },
  nowMs: number,
  recheckAtMs: number,
): { reason: Reason; recheckAtMs: number } | undefined {
  const hold = (code: string, text: string) => ({ reason: { code, text }, recheckAtMs });
  if (leaseHolder === 'failover' || nowMs < failoverHoldUntilMs) {
    return hold('HELD_BY_FAILOVER', 'A failover is under way or just over: no task is removed.');
  }
  if (leaseHolder === 'rollout') {
    return hold('HELD_BY_ROLLOUT', 'A rollout is under way: no task is removed until it ends.');
  }
  const isDeploying = live.deployments.some(
    ({ status, rolloutState }) =>
      status === 'ACTIVE' || (status === 'PRIMARY' && rolloutState === 'IN_PROGRESS'),
  );
  if (!isDeploying) return undefined;
  return hold('DEFERRED_DEPLOYMENT', 'ECS is deploying: no task is removed until it is done.');
}

/** What ECS said about capacity it could not find; more tasks would not run either. */
function unplacedMessage(live: ServiceState, nowMs: number): string | undefined {
  if (live.running >= live.desired) return undefined;
  return live.events.find(
    ({ atMs, message }) =>
      nowMs - atMs <= UNFULFILLED_MS_MAX &&
      /unable to place|capacity is unavailable|RESOURCE:/i.test(message),
  )?.message;
}
