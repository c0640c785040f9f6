import type { Reason } from '../decision.ts';
import { type FailoverContext, frame } from './failover-context.ts';
import { capacityLacking, countsToRaise } from './failover-capacity.ts';
import type { Move, Timeline } from './failover-state.ts';
import { cancelled, finished, stepped } from './failover-transitions.ts';
import type { FailoverDecision, ObservedTarget } from './observed-failover.ts';

/** Between two looks at something that takes its time, in ms. */
const LOOK_AGAIN_MS = 5_000;

/** After the switch, DNS has this long to follow before people are told, in ms. */
const VERIFY_MS_MAX = 300_000;

/** A lease that ends sooner than this is renewed, in ms. */
const LEASE_LEFT_MS_MIN = 300_000;

/** The next step of a move that is under way; every step may be repeated after a crash. */
export function decideMove(context: FailoverContext, move: Move): FailoverDecision {
  const { observed } = context;
  const isMine =
    move.mode === 'automatic' ? observed.region !== move.from : observed.region === move.to;
  if (!isMine || observed.target === undefined) {
    const text = `Traffic moves from ${move.from} to ${move.to}; other regions see to it.`;
    const subject = `traffic/${observed.region}`;
    const reason = { code: 'NOT_MY_DECISION', text };
    return { ...framed(context, move), subject, action: 'none', reason };
  }
  return (
    decideInterruption(context, move) ?? decideStep({ ...context, move, target: observed.target })
  );
}

interface MoveContext extends FailoverContext {
  readonly move: Move;
  readonly target: ObservedTarget;
}

/** What stops or pauses automation before traffic is switched; afterwards nothing does. */
function decideInterruption(context: FailoverContext, move: Move): FailoverDecision | undefined {
  const { observed, assessment } = context;
  const { state } = observed;
  if (move.mode !== 'automatic' || move.step === 'verify' || isCommitted(context, move)) {
    return undefined;
  }
  if (assessment.active === 'not-down' && assessment.reason.code === 'HEALTHY') {
    const text = `${move.from} is seen healthy again before traffic was switched.`;
    const reason = { code: 'RECOVERED', text };
    const [next, nowMs] = [cancelled(state), context.nowMs];
    return { ...framed(context, move), action: 'cancel', reason, next, recheckAtMs: nowMs };
  }
  if (state.hold !== undefined) {
    const text = `${state.hold.actor} holds automatic failover: ${state.hold.reason}.`;
    return refusal(context, move, { code: 'HELD', text });
  }
  if (assessment.active === 'not-down' && (move.step === 'data' || move.step === 'latch')) {
    return waiting(context, move, assessment.reason);
  }
  return undefined;
}

/** Once data was promoted in the target, going back would be worse than going on. */
function isCommitted({ observed }: FailoverContext, { dataDone }: Move): boolean {
  const done = observed.application.failover?.data.slice(0, dataDone) ?? [];
  return done.some((step) => 'invoke' in step);
}

function decideStep(context: MoveContext): FailoverDecision {
  const { observed, move, nowMs } = context;
  const leftMs = (observed.lease?.untilMs ?? 0) - nowMs;
  if (leftMs < LEASE_LEFT_MS_MIN && move.step !== 'scale') {
    const reason = { code: 'LEASE_RENEWED', text: 'The move keeps others out for longer.' };
    const next = observed.state;
    return { ...framed(context, move), action: 'renew', reason, next, recheckAtMs: nowMs };
  }
  switch (move.step) {
    case 'scale':
      return decideScale(context);
    case 'capacity':
      return decideCapacity(context);
    case 'data':
      return decideData(context);
    case 'latch':
      return decideLatch(context);
    case 'verify':
      return decideVerify(context);
  }
}

function decideScale(context: MoveContext): FailoverDecision {
  const { observed, move, target, nowMs } = context;
  const counts = countsToRaise(move.floors, target);
  const list = Object.entries(counts).map(([name, count]) => `${name} to ${count}`);
  const text = list.length === 0 ? 'has enough tasks' : `is raised: ${list.join(', ')}`;
  return {
    ...framed(context, move),
    action: 'scale',
    reason: { code: 'RAISING_CAPACITY', text: `${move.to} ${text}.` },
    effect: { kind: 'scale', counts },
    next: stepped(observed.state, move, { step: 'capacity', nowMs }),
    recheckAtMs: nowMs + (list.length === 0 ? 0 : LOOK_AGAIN_MS),
  };
}

function decideCapacity(context: MoveContext): FailoverDecision {
  const { observed, assessment, move, target, nowMs } = context;
  const lacking = capacityLacking(move.floors, target);
  const isSeen = assessment.target === 'healthy';
  const isForced = move.mode === 'forced';
  const none = Object.entries(move.floors)
    .filter(([name, floor]) => floor > 0 && (target.services[name]?.healthy ?? 0) === 0)
    .map(([name]) => name);
  const isEnough = isForced ? none.length === 0 : lacking.length === 0 && isSeen;
  if (isEnough) {
    const missing = lacking.length === 0 ? '' : ` Forced past ${lacking.join(', ')}.`;
    const timeline: Timeline = { ...move.timeline, capacityAtMs: nowMs };
    const reason = { code: 'CAPACITY_READY', text: `${move.to} can take the traffic.${missing}` };
    const next = stepped(observed.state, move, { step: 'data', nowMs, timeline });
    return { ...framed(context, move), action: 'admit', reason, next, recheckAtMs: nowMs };
  }
  if (Object.keys(countsToRaise(move.floors, target)).length > 0) return decideScale(context);
  const text =
    lacking.length === 0
      ? `${move.to} has its tasks, but two regions do not see it healthy yet.`
      : `${move.to} has too few healthy targets: ${lacking.join(', ')}.`;
  const deadlineMs = observed.application.failover?.capacityDeadline ?? 0;
  if (nowMs - move.timeline.decidedAtMs > deadlineMs) {
    return refusal(context, move, { code: 'NO_CAPACITY', text });
  }
  return waiting(context, move, { code: 'WAITING_FOR_CAPACITY', text });
}

function decideData(context: MoveContext): FailoverDecision {
  const { event, observed, move, target, nowMs } = context;
  const { state, application } = observed;
  const base = framed(context, move);
  const step = application.failover?.data[move.dataDone];
  if (step === undefined) {
    const timeline: Timeline = { ...move.timeline, dataAtMs: nowMs };
    const reason = { code: 'DATA_READY', text: 'The data is ready in the target region.' };
    const next = stepped(state, move, { step: 'latch', nowMs, timeline });
    return { ...base, action: 'admit', reason, next, recheckAtMs: nowMs };
  }
  const dataDone = move.dataDone + 1;
  const next = stepped(state, move, { step: 'data', nowMs, dataDone });
  if ('invoke' in step) {
    const { from, to, mode } = move;
    const input = { app: event.app, from, to, epoch: state.epoch, mode };
    const text = `${step.invoke} prepares the data in ${to}.`;
    return {
      ...base,
      action: 'prepare-data',
      reason: { code: 'PREPARING_DATA', text },
      effect: { kind: 'invoke', functionName: step.invoke, input },
      next,
      recheckAtMs: nowMs,
    };
  }
  const alarm = target.alarms[step.alarm];
  const text = `Alarm ${step.alarm} in ${move.to} is ${alarm ?? 'missing'}`;
  if (alarm !== 'OK' && move.mode !== 'forced') {
    return refusal(context, move, { code: 'DATA_NOT_READY', text: `${text}, not OK.` });
  }
  const reason = { code: 'DATA_CHECKED', text: `${text}.` };
  return { ...base, action: 'prepare-data', reason, next, recheckAtMs: nowMs };
}

function decideLatch(context: MoveContext): FailoverDecision {
  const { observed, move, nowMs } = context;
  const { state, application } = observed;
  const latched = move.to !== application.regions[0];
  const timeline: Timeline = { ...move.timeline, latchedAtMs: nowMs };
  // A latch that cannot be opened lies in a region that is gone: Route 53 reads it as open too.
  const mayFail = move.mode !== 'planned' && !latched;
  return {
    ...framed(context, move),
    action: 'switch-traffic',
    reason: { code: 'SWITCHING', text: `Traffic is switched from ${move.from} to ${move.to}.` },
    effect: { kind: 'latch', latch: { latched, epoch: state.epoch }, mayFail },
    next: stepped(state, move, { step: 'verify', nowMs, timeline }),
    recheckAtMs: nowMs + LOOK_AGAIN_MS,
  };
}

function decideVerify(context: MoveContext): FailoverDecision {
  const { observed, move, target, nowMs } = context;
  const { traffic } = target;
  const { failover, regions } = observed.application;
  if (traffic?.isProbeOk === true && traffic.isAnswered) {
    const timeline: Timeline = { ...move.timeline, verifiedAtMs: nowMs };
    const text = `Traffic moved from ${move.from} to ${move.to}: ${move.cause}`;
    return {
      ...framed(context, move),
      action: 'finish',
      reason: { code: 'MOVED', text },
      timeline,
      isBack: move.mode !== 'automatic' && move.to === regions[0],
      next: finished(observed.state, move, { policy: failover, nowMs }),
    };
  }
  const missing = [
    ...(traffic?.isProbeOk === true ? [] : [`${move.to} does not answer our probe`]),
    ...(traffic?.isAnswered === true ? [] : [`DNS does not answer with ${move.to} yet`]),
  ];
  const text = `Traffic was switched, but ${missing.join(' and ')}.`;
  if (nowMs - move.stepSinceMs > VERIFY_MS_MAX) {
    return refusal(context, move, { code: 'VERIFY_LATE', text });
  }
  return waiting(context, move, { code: 'VERIFYING', text });
}

/** People are told once of each gate that keeps a move from going on; it goes on by itself. */
function refusal(context: FailoverContext, move: Move, reason: Reason): FailoverDecision {
  const { state } = context.observed;
  if (state.refused === reason.code) return waiting(context, move, reason);
  const next = { ...state, refused: reason.code };
  const recheckAtMs = context.nowMs + LOOK_AGAIN_MS;
  return { ...framed(context, move), action: 'refuse', reason, next, recheckAtMs };
}

/** Only the timer itself sets the next timer: probes and sweeps come again anyway. */
function waiting(context: FailoverContext, move: Move, reason: Reason): FailoverDecision {
  const { event, nowMs } = context;
  const again = event.cause === 'recheck' ? { recheckAtMs: nowMs + LOOK_AGAIN_MS } : {};
  return { ...framed(context, move), action: 'none', reason, ...again };
}

function framed(context: FailoverContext, { mode, actor, cause, from, to, timeline }: Move) {
  return { ...frame(context), mode, actor, cause, from, to, timeline };
}
