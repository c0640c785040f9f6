import { expect, test } from '@jest/globals';
import type { FailoverPolicy } from '../../../core/contract/fleet-failover.ts';
import type { FailoverState, Flip, Move } from '../../../core/failover/failover-state.ts';
import { finished, started, stepped, taken } from '../../../core/failover/failover-transitions.ts';
import { application, nowMs, steady } from './failover-scene.ts';

const start = {
  mode: 'automatic',
  from: 'a',
  to: 'b',
  cause: 'c',
  actor: 'farshore',
  floors: {},
} as const;
const HOUR_MS = 3_600_000;

function moving(state: Partial<FailoverState> = {}): FailoverState & { readonly move: Move } {
  const begun = started({ ...steady, ...state }, start, nowMs);
  if (begun.move === undefined) throw new Error('no move was begun');
  return { ...begun, move: begun.move };
}

const flips = (count: number, mode: Flip['mode'] = 'automatic'): readonly Flip[] =>
  Array.from({ length: count }, (_, at) => ({
    atMs: nowMs - at,
    epoch: at,
    from: 'a',
    to: 'b',
    mode,
  }));

function cooldownAfter(earlier: readonly Flip[], cooldown: number): number | undefined {
  const state = moving({ flips: earlier });
  const policy = { ...application.failover, cooldown } as FailoverPolicy;
  const { cooldownUntilMs } = finished(state, state.move, { policy, nowMs });
  return cooldownUntilMs === undefined ? undefined : cooldownUntilMs - nowMs;
}

test.each([
  ['the first', flips(0), HOUR_MS],
  ['the second within a day', flips(1), 2 * HOUR_MS],
  ['the fourth', flips(3), 8 * HOUR_MS],
  ['one after many, a day at most', flips(9), 24 * HOUR_MS],
  ['one after planned moves', flips(3, 'planned'), HOUR_MS],
])('the cooldown doubles with each automatic flip: %s', (_name, earlier, expected) => {
  expect(cooldownAfter(earlier, HOUR_MS)).toBe(expected);
});

test('without a policy there is no cooldown to wait for', () => {
  const state = moving();
  const done = finished(state, state.move, { policy: undefined, nowMs });
  expect(done.cooldownUntilMs).toBe(nowMs);
});

test('a planned move leaves the cooldown as it was', () => {
  const state = moving({ cooldownUntilMs: 7 });
  const done = finished(
    state,
    { ...state.move, mode: 'planned' },
    { policy: application.failover, nowMs },
  );
  expect(done.cooldownUntilMs).toBe(7);
});

test('a move remembers when trouble was first seen, and forgets an earlier refusal', () => {
  const state = moving({ quorumSinceMs: nowMs - 9, refused: 'HELD' });
  expect(state.move.timeline).toEqual({ detectedAtMs: nowMs - 9, decidedAtMs: nowMs });
  expect(state).not.toHaveProperty('refused');
  expect(moving().move.timeline).toEqual({ decidedAtMs: nowMs });
});

test('a step begins now and forgets what was refused in the one before', () => {
  const state = moving();
  const next = stepped({ ...state, refused: 'NO_CAPACITY' }, state.move, {
    step: 'data',
    nowMs: nowMs + 5,
  });
  expect(next.move).toEqual({ ...state.move, step: 'data', stepSinceMs: nowMs + 5 });
  expect(next).not.toHaveProperty('refused');
});

test('the newest twenty moves and requests are kept', () => {
  const state = moving({ flips: flips(20) });
  const done = finished(state, state.move, { policy: application.failover, nowMs });
  expect(done.flips).toHaveLength(20);
  expect(done.flips.at(-1)).toMatchObject({ epoch: 5, from: 'a', to: 'b', atMs: nowMs });
  const requests = Array.from({ length: 20 }, (_, at) => `r-${at}`);
  const kept = taken(
    { ...steady, requests },
    { id: 'new', actor: 'ada', reason: 'x', kind: 'release' },
  );
  expect(kept.requests).toEqual([...requests.slice(1), 'new']);
});
