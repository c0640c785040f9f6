import type { Decision, Reason } from '../decision.ts';
import type { ServiceState } from '../ports.ts';
import type { ObservedService, ScalingEvent } from './observed-service.ts';
import { type Proposal, proposeScaling } from './propose-scaling.ts';
import { type Change, lastChange, type ScalingState } from './scaling-state.ts';

/** What scaling does about one service in one region, and what every policy wanted. */
export interface ScalingDecision extends Decision {
  readonly action: 'scale' | 'resume' | 'note-silence' | 'none';
  readonly service: string;
  readonly region: string;
  readonly from?: number;
  readonly to?: number;
  /** What the journal holds of this service once the decision stands. */
  readonly next?: ScalingState;
  readonly considered: readonly Proposal[];
}

/** A change that was decided this long ago and not made is no longer wanted, in ms. */
const PENDING_MS_MAX = 120_000;

/**
 * The desired count of one service. The base is the desired count, also during a deployment,
 * when more tasks run; adding beats removing, and of several counts the largest wins.
 */
export function decideScaling(
  event: ScalingEvent,
  observed: ObservedService,
  nowMs: number,
): ScalingDecision {
  const { live, region, state } = observed;
  const base = {
    app: event.app,
    subject: `${region}/${event.service}`,
    service: event.service,
    region,
    considered: [] as readonly Proposal[],
  };
  const silenced = silenceAfter(event, state);
  if (silenced !== undefined) {
    const { name, silencedBy } = silenced.alarm;
    const text =
      silencedBy === undefined
        ? `Alarm ${name} is no longer silenced; it counts from the next look.`
        : `Alarm ${name} is silenced: ${silencedBy}.`;
    const code = silencedBy === undefined ? 'UNSUPPRESSED' : 'SUPPRESSED';
    const recheck = silencedBy === undefined ? { recheckAtMs: nowMs } : {};
    const { next } = silenced;
    return { ...base, action: 'note-silence', reason: { code, text }, next, ...recheck };
  }
  if (live?.status !== 'ACTIVE') {
    const what = live === undefined ? 'does not exist' : `is ${live.status}`;
    const text = `The service ${event.service} ${what} in ${region}.`;
    return { ...base, action: 'none', reason: { code: 'NOT_SCALABLE', text } };
  }
  const unfinished = unfinishedChange(state, live, nowMs);
  if (unfinished !== undefined) {
    const { from, to } = unfinished;
    const text = `An interrupted run decided ${to} tasks; this one makes them so.`;
    const reason = { code: 'RESUMED', text };
    const recheckAtMs = unfinished.cooldownUntilMs;
    return { ...base, action: 'resume', reason, from, to, next: state, recheckAtMs };
  }
  const considered = weigh(
    observed.policies.map((policy) => proposeScaling({ ...observed, live }, policy, nowMs)),
  );
  return conclude({ ...base, considered }, { event, observed, live, nowMs });
}

/** A breach that asks for more tasks, even in vain, forbids removing any. */
function weigh(proposals: readonly Proposal[]): readonly Proposal[] {
  if (!proposals.some(({ direction }) => direction === 'out')) return proposals;
  return proposals.map((proposal) => {
    if (proposal.direction !== 'in') return proposal;
    const { policy, alarm } = proposal;
    const text = `${alarm} asks for fewer tasks while another alarm asks for more.`;
    const reason = { code: 'PREEMPTED_BY_SCALE_OUT', text };
    return { policy, alarm, direction: 'in' as const, reason };
  });
}

interface Context {
  readonly event: ScalingEvent;
  readonly observed: ObservedService;
  readonly live: ServiceState;
  readonly nowMs: number;
}

type Frame = Omit<ScalingDecision, 'action' | 'reason'>;

function conclude(frame: Frame, { event, observed, live, nowMs }: Context): ScalingDecision {
  const winner = frame.considered
    .filter(({ to }) => to !== undefined)
    .toSorted((one, other) => (other.to ?? 0) - (one.to ?? 0))[0];
  if (winner?.to === undefined) return rest(frame, { event, observed, live, nowMs });

  const isOut = winner.to > live.desired;
  const policy = observed.policies.find(({ name }) => name === winner.policy)?.policy;
  // An alarm speaks once a period, so a doubled event within one must not add tasks twice.
  const cooldownMs = Math.max(policy?.cooldown ?? 0, policy?.metric?.period ?? 60_000);
  const change: Change = {
    atMs: nowMs,
    from: live.desired,
    to: winner.to,
    magnitude: winner.magnitude ?? 0,
    cooldownUntilMs: nowMs + cooldownMs,
  };
  const next: ScalingState = {
    ...observed.state,
    ...(isOut ? { lastOut: change } : { lastIn: change }),
    isPending: true,
  };
  return {
    ...frame,
    action: 'scale',
    reason: winner.reason,
    from: live.desired,
    to: winner.to,
    next,
    recheckAtMs: change.cooldownUntilMs,
  };
}

/** Codes of doing nothing, the most telling first: one of several policies has to speak. */
const tellingCodes = [
  'UNFULFILLED',
  'AT_MAX',
  'HELD_BY_FAILOVER',
  'HELD_BY_ROLLOUT',
  'DEFERRED_DEPLOYMENT',
  'COOLDOWN',
  'SUPPRESSED',
  'AT_MIN',
  'BELOW_MIN',
  'NO_DATA',
  'IN_BAND',
  'ALARM_OK',
];

function rest(frame: Frame, { event, nowMs }: Context): ScalingDecision {
  const byRank = tellingCodes.flatMap((code) =>
    frame.considered.filter(({ reason }) => reason.code === code),
  );
  const speaker = byRank[0];
  const reason: Reason = speaker?.reason ?? {
    code: 'ALARM_OK',
    text: 'No policy of this service watches an alarm.',
  };
  if (reason.code === 'ALARM_OK' && event.alarm?.state === 'ALARM') {
    const text = `The event says ALARM, but ${event.alarm.name} is OK now.`;
    return { ...frame, action: 'none', reason: { code: 'STALE', text } };
  }
  const recheckAtMs = speaker === undefined ? undefined : recheckOf(event, speaker);
  return {
    ...frame,
    action: 'none',
    reason,
    ...(recheckAtMs === undefined || recheckAtMs <= nowMs ? {} : { recheckAtMs }),
  };
}

/**
 * A sweep is followed by the next one, and the end of a cooldown is watched by the run that
 * began it; asking again from here would add one more timer at every look.
 */
function recheckOf({ cause }: ScalingEvent, { recheckAtMs, reason }: Proposal): number | undefined {
  if (cause === 'sweep' || cause === 'probe') return undefined;
  if (cause === 'recheck' && reason.code === 'COOLDOWN') return undefined;
  return recheckAtMs;
}

function unfinishedChange(
  state: ScalingState,
  live: ServiceState,
  nowMs: number,
): Change | undefined {
  const last = lastChange(state);
  if (state.isPending !== true || last === undefined) return undefined;
  const isYoung = nowMs - last.atMs <= PENDING_MS_MAX;
  return isYoung && live.desired === last.from ? last : undefined;
}

/** Events alone tell that an alarm is silenced; an older one never overrides a newer. */
function silenceAfter(
  { alarm }: ScalingEvent,
  state: ScalingState,
): { alarm: NonNullable<ScalingEvent['alarm']>; next: ScalingState } | undefined {
  if (alarm === undefined) return undefined;
  const { [alarm.name]: known, ...others } = state.silenced ?? {};
  if (known !== undefined && alarm.atMs < known.atMs) return undefined;
  if (alarm.silencedBy === undefined) {
    return known === undefined ? undefined : { alarm, next: { ...state, silenced: others } };
  }
  if (known?.by === alarm.silencedBy) return undefined;
  const silence = { by: alarm.silencedBy, atMs: alarm.atMs };
  return { alarm, next: { ...state, silenced: { ...others, [alarm.name]: silence } } };
}
