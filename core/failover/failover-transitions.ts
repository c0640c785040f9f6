import type { FailoverPolicy } from '../contract/fleet-failover.ts';
import { automaticFlips } from './failover-gates.ts';
import type { FailoverState, Flip, Move, MoveStep, Timeline } from './failover-state.ts';
import type { FailoverRequest } from './operator-request.ts';

/** Moves and requests kept in the document; the records keep all. */
const KEPT_MAX = 20;

/** A cooldown doubles with each recurrence up to a day, in ms. */
const COOLDOWN_MS_MAX = 86_400_000;

export type MoveStart = Omit<Move, 'step' | 'stepSinceMs' | 'dataDone' | 'timeline'>;

/** A move begins under the next epoch; an earlier one that it replaces is stale from here. */
export function started(state: FailoverState, start: MoveStart, nowMs: number): FailoverState {
  const kept = without(state, 'refused');
  const detectedAtMs = state.quorumSinceMs;
  return {
    ...kept,
    epoch: state.epoch + 1,
    phase: 'moving',
    target: start.to,
    move: {
      ...start,
      step: 'scale',
      stepSinceMs: nowMs,
      dataDone: 0,
      timeline: { decidedAtMs: nowMs, ...(detectedAtMs === undefined ? {} : { detectedAtMs }) },
    },
  };
}

/** The move at its next step. */
export function stepped(
  state: FailoverState,
  move: Move,
  { nowMs, ...change }: { step: MoveStep; nowMs: number; timeline?: Timeline; dataDone?: number },
): FailoverState {
  const kept = without(state, 'refused');
  return { ...kept, move: { ...move, ...change, stepSinceMs: nowMs } };
}

/** Traffic has moved: the target is the active region from here. */
export function finished(
  state: FailoverState,
  move: Move,
  { policy, nowMs }: { readonly policy: FailoverPolicy | undefined; readonly nowMs: number },
): FailoverState {
  const { from, to, mode } = move;
  const flip: Flip = { atMs: nowMs, epoch: state.epoch, from, to, mode };
  const flips = [...state.flips, flip].slice(-KEPT_MAX);
  const recurrences = automaticFlips(flips, nowMs) - 1;
  const cooldownMs = Math.min((policy?.cooldown ?? 0) * 2 ** recurrences, COOLDOWN_MS_MAX);
  return {
    ...settled(state),
    active: to,
    movedAtMs: nowMs,
    flips,
    ...(mode === 'automatic' ? { cooldownUntilMs: nowMs + cooldownMs } : {}),
  };
}

/**
 * The move ends where it began. The epoch grows and the latch is written again, so that a run
 * which still believes in the move can no longer switch traffic.
 */
export function cancelled(state: FailoverState): FailoverState {
  return { ...settled(state), epoch: state.epoch + 1, isLatchPending: true };
}

/** No move and no trouble under way. */
export function calmed(state: FailoverState): FailoverState {
  return without(state, 'quorumSinceMs', 'refused');
}

export function released(state: FailoverState): FailoverState {
  return without(state, 'hold');
}

export function latchSynced(state: FailoverState): FailoverState {
  return without(state, 'isLatchPending');
}

/** Notes that a request was taken, so that its repetition does nothing. */
export function taken(state: FailoverState, { id }: FailoverRequest): FailoverState {
  return { ...state, requests: [...state.requests, id].slice(-KEPT_MAX) };
}

function settled(state: FailoverState): FailoverState {
  const kept = without(state, 'quorumSinceMs', 'refused', 'move', 'target');
  return { ...kept, phase: 'steady' };
}

type Passing = 'quorumSinceMs' | 'refused' | 'hold' | 'isLatchPending' | 'move' | 'target';

/** The state without what has passed. */
function without(state: FailoverState, ...passed: readonly Passing[]): FailoverState {
  const gone: readonly string[] = passed;
  const kept = Object.entries(state).filter(([field]) => !gone.includes(field));
  return Object.fromEntries(kept) as unknown as FailoverState;
}
