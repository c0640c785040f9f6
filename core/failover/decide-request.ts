import { type FailoverContext, frame } from './failover-context.ts';
import { capacityFloors } from './failover-capacity.ts';
import { closedGate, startGates } from './failover-gates.ts';
import { cancelled, finished, released, started, taken } from './failover-transitions.ts';
import type { FailoverDecision } from './observed-failover.ts';
import type { FailoverRequest } from './operator-request.ts';

type MoveRequest = Extract<FailoverRequest, { kind: 'run' | 'back' }>;

/** What comes of an operator's request. Each is taken once, whether granted or refused. */
export function decideRequest(
  context: FailoverContext,
  request: FailoverRequest,
): FailoverDecision {
  const { state } = context.observed;
  const { actor } = request;
  const base = { ...requestFrame(context, request), request };
  if (state.requests.includes(request.id)) {
    const reason = { code: 'REQUEST_TAKEN', text: 'This request was taken before.' };
    return { ...base, action: 'none', reason };
  }
  if (request.kind === 'hold') {
    const { reason, untilMs } = request;
    const hold = { actor, reason, ...(untilMs === undefined ? {} : { untilMs }) };
    const until = untilMs === undefined ? '' : ` until ${new Date(untilMs).toISOString()}`;
    const text = `${actor} holds automatic failover${until}: ${reason}`;
    const next = taken({ ...state, hold }, request);
    return { ...base, action: 'hold', reason: { code: 'HELD', text }, next };
  }
  if (request.kind === 'release') {
    const text = `${actor} released the hold: automatic failover is on again.`;
    const next = taken(released(state), request);
    return { ...base, action: 'release', reason: { code: 'RELEASED', text }, next };
  }
  return decideMoveRequest(context, request);
}

function decideMoveRequest(context: FailoverContext, request: MoveRequest): FailoverDecision {
  const { observed, nowMs } = context;
  const { state, application } = observed;
  const { actor, mode } = request;
  const to = destinationOf(context, request);
  const base = { ...requestFrame(context, request), request, to };
  const refuse = (code: string, text: string): FailoverDecision => {
    return { ...base, action: 'refuse', reason: { code, text }, next: taken(state, request) };
  };
  if (!application.regions.includes(to)) {
    const known = application.regions.join(', ');
    return refuse('UNKNOWN_REGION', `${to} is no region of this application (${known}).`);
  }
  const { move } = state;
  if (move?.step === 'verify') {
    if (mode !== 'forced' || to !== move.to) {
      return refuse('ALREADY_MOVING', `Traffic was just switched to ${move.to}; wait for its end.`);
    }
    const done = finished(state, move, { policy: application.failover, nowMs });
    const text = `${actor} ended the move to ${to} without its verification: ${request.reason}`;
    const reason = { code: 'MOVED', text };
    const { timeline } = move;
    return { ...base, action: 'finish', reason, timeline, next: taken(done, request) };
  }
  if (to === state.active) {
    if (move === undefined) return refuse('ALREADY_ACTIVE', `${to} serves already.`);
    const text = `${actor} cancelled the move to ${move.to}: ${request.reason}`;
    const next = taken(cancelled(state), request);
    return {
      ...base,
      action: 'cancel',
      reason: { code: 'CANCELLED', text },
      next,
      recheckAtMs: nowMs,
    };
  }
  if (move?.to === to && mode === 'planned') {
    return refuse('ALREADY_MOVING', `Traffic is moving to ${to} already.`);
  }
  return decideStartRequest(context, request, to);
}

function decideStartRequest(
  context: FailoverContext,
  request: MoveRequest,
  to: string,
): FailoverDecision {
  const { observed, assessment, nowMs } = context;
  const { state, target } = observed;
  const { actor, mode, reason } = request;
  const base = { ...requestFrame(context, request), request, to, mode };
  if (target?.region !== to) throw new Error(`the request to move to ${to} was taken blindly`);
  const gate = closedGate(startGates({ ...observed, target }, assessment, { mode, nowMs }), mode);
  if (gate !== undefined) {
    const next = taken(state, request);
    return { ...base, action: 'refuse', reason: { code: gate.code, text: gate.text }, next };
  }
  const floors = capacityFloors(observed, target);
  const start = { mode, from: state.active, to, cause: reason, actor, floors };
  const next = taken(started(state, start, nowMs), request);
  const text = `${actor} asked for a ${mode} move from ${state.active} to ${to}: ${reason}`;
  return {
    ...base,
    action: 'start',
    epoch: next.epoch,
    reason: { code: 'REQUESTED', text },
    next,
    recheckAtMs: nowMs,
  };
}

/** Where a request wants traffic to be. */
function destinationOf({ observed }: FailoverContext, request: MoveRequest): string {
  if (request.kind === 'run') return request.to;
  return observed.application.regions[0] ?? observed.state.active;
}

/** Requests have a subject of their own: none is lost because another run is busy. */
function requestFrame(context: FailoverContext, { id, actor, reason }: FailoverRequest) {
  return { ...frame(context), subject: `request/${id}`, actor, cause: reason };
}
