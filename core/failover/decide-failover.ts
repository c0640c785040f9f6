import { decideMove } from './decide-move.ts';
import { decideRequest } from './decide-request.ts';
import { capacityFloors } from './failover-capacity.ts';
import { assess, type FailoverContext, frame } from './failover-context.ts';
import { closedGate, startGates } from './failover-gates.ts';
import type { Remembered } from './failover-state.ts';
import { calmed, latchSynced, released, started } from './failover-transitions.ts';
import type { FailoverDecision, FailoverEvent, ObservedFailover } from './observed-failover.ts';

/** How long a quorum must hold before a flip when the fleet file says nothing else, in ms. */
const graceMs = { stateless: 30_000, stateful: 120_000 } as const;

/** One step of failover, or why there is none. Pure: the same look gives the same answer. */
export function decideFailover(
  event: FailoverEvent,
  observed: ObservedFailover,
  nowMs: number,
): FailoverDecision {
  const assessment = assess(observed, nowMs);
  if (event.request !== undefined) {
    return decideRequest({ event, observed, assessment, nowMs }, event.request);
  }
  const context = { event, observed, assessment, nowMs };
  const { move } = observed.state;
  if (move !== undefined) return decideMove(context, move);
  return decideUpkeep(context) ?? decideSteady(context);
}

/** Things to put in order before anything is judged. */
function decideUpkeep(context: FailoverContext): FailoverDecision | undefined {
  const { observed, nowMs } = context;
  const { state, application } = observed;
  if (state.isLatchPending === true) {
    const latched = state.active !== application.regions[0];
    const text = 'The latch is written again, to say what the journal says.';
    return {
      ...frame(context),
      action: 'sync-latch',
      reason: { code: 'LATCH_PENDING', text },
      effect: { kind: 'latch', latch: { latched, epoch: state.epoch }, mayFail: true },
      next: latchSynced(state),
    };
  }
  const { hold } = state;
  if (hold?.untilMs === undefined || nowMs < hold.untilMs) return undefined;
  const text = `The hold of ${hold.actor} has ended: automatic failover is on again.`;
  const reason = { code: 'HOLD_EXPIRED', text };
  return { ...frame(context), action: 'release', reason, next: released(state) };
}

function decideSteady(context: FailoverContext): FailoverDecision {
  const { observed, assessment, nowMs } = context;
  const { state, region } = observed;
  const base = frame(context);
  const mine = { ...base, subject: `traffic/${region}` };
  const { reason } = assessment;
  if (assessment.active !== 'down') {
    if (state.quorumSinceMs !== undefined || state.refused !== undefined) {
      return { ...base, action: 'calm', reason, next: calmed(state) };
    }
    if (observed.own !== undefined && !isRemembered(observed.own, state.remembered)) {
      const text = `${region} wrote down what it runs, for the region that may take over.`;
      const next = { ...state, remembered: observed.own };
      return { ...mine, action: 'remember', reason: { code: 'REMEMBERED', text }, next };
    }
    return { ...base, action: 'none', reason };
  }
  if (region === state.active) {
    const text = `${reason.text} Only other regions may decide that ${region} is replaced.`;
    return { ...mine, action: 'none', reason: { code: 'NOT_MY_DECISION', text } };
  }
  const wait = graceOf(observed);
  if (state.quorumSinceMs === undefined) {
    const text = `${reason.text} A flip follows if this holds for ${wait / 1_000} s.`;
    const next = { ...state, quorumSinceMs: nowMs };
    const recheckAtMs = nowMs + wait;
    return { ...base, action: 'detect', reason: { code: 'DETECTING', text }, next, recheckAtMs };
  }
  const dueMs = state.quorumSinceMs + wait;
  if (nowMs < dueMs) {
    const text = `${reason.text} The grace ends in ${Math.ceil((dueMs - nowMs) / 1_000)} s.`;
    return { ...base, action: 'none', reason: { code: 'DETECTING', text } };
  }
  return decideStart(context);
}

function graceOf({ application }: ObservedFailover): number {
  const { failover } = application;
  return failover?.grace ?? graceMs[failover?.profile ?? 'stateful'];
}

function decideStart(context: FailoverContext): FailoverDecision {
  const { observed, assessment, nowMs } = context;
  const { state, target } = observed;
  const base = frame(context);
  if (target === undefined) {
    const reason = { code: 'DETECTING', text: 'The standby is looked at next.' };
    return { ...base, action: 'none', reason, recheckAtMs: nowMs };
  }
  const mode = 'automatic' as const;
  const gate = closedGate(startGates({ ...observed, target }, assessment, { mode, nowMs }), mode);
  if (gate !== undefined) {
    const reason = { code: gate.code, text: `${assessment.reason.text} ${gate.text}` };
    if (state.refused === gate.code) return { ...base, action: 'none', reason };
    const next = { ...state, refused: gate.code };
    return { ...base, action: 'refuse', mode, reason, next };
  }
  const cause = assessment.reason.text;
  const floors = capacityFloors(observed, target);
  const start = { mode, from: state.active, to: target.region, cause, actor: 'farshore', floors };
  const text = `${cause} Traffic moves from ${start.from} to ${start.to}.`;
  const next = started(state, start, nowMs);
  return {
    ...base,
    action: 'start',
    mode,
    epoch: next.epoch,
    reason: { code: 'FLIP', text },
    next,
    recheckAtMs: nowMs,
  };
}

function isRemembered(own: Remembered, known: Remembered | undefined): boolean {
  const flat = ({ region, services }: Remembered) => [
    region,
    Object.entries(services)
      .map(([name, { desired, image }]) => `${name} ${desired} ${image}`)
      .sort(),
  ];
  return known !== undefined && JSON.stringify(flat(own)) === JSON.stringify(flat(known));
}
