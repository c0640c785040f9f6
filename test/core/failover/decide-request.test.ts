import { describe, expect, test } from '@jest/globals';
import { decideFailover } from '../../../core/failover/decide-failover.ts';
import type { FailoverState, Move } from '../../../core/failover/failover-state.ts';
import type { ObservedFailover } from '../../../core/failover/observed-failover.ts';
import type { FailoverRequest } from '../../../core/failover/operator-request.ts';
import { wellSaid } from '../well-said.ts';
import { nowMs, observed, ready, steady } from './failover-scene.ts';
import { primary, standby } from './failover-world.ts';

const who = { id: 'r-1', actor: 'ada', reason: 'a drill' };
const run = (to: string, mode: 'planned' | 'forced' = 'planned'): FailoverRequest => ({
  ...who,
  kind: 'run',
  to,
  mode,
});

function decide(
  request: FailoverRequest,
  state: Partial<FailoverState> = {},
  more: Partial<ObservedFailover> = {},
) {
  const look = observed({
    state: { ...steady, ...state },
    target: ready,
    ...more,
  });
  return decideFailover({ app: 'storefront', cause: 'operator', request }, look, nowMs);
}

const move: Move = {
  mode: 'automatic',
  from: primary,
  to: standby,
  step: 'capacity',
  stepSinceMs: nowMs,
  cause: 'c',
  actor: 'farshore',
  floors: { web: 4 },
  dataDone: 0,
  timeline: { decidedAtMs: nowMs },
};
const moving = { phase: 'moving', target: standby, move } as const;
const verifying = { ...moving, move: { ...move, step: 'verify' } } as const;

test('every request has a subject of its own and says who asked and why', () => {
  expect(decide(run(standby))).toMatchObject({
    subject: 'request/r-1',
    actor: 'ada',
    cause: 'a drill',
    request: { id: 'r-1' },
  });
});

test('a request is taken once, whether granted or refused', () => {
  for (const request of [run(standby), run('eu-west-1'), { ...who, kind: 'hold' } as const]) {
    expect(decide(request).next?.requests).toEqual(['r-1']);
    const again = decide(request, { requests: ['r-0', 'r-1'] });
    expect(again).toMatchObject({ action: 'none', reason: { code: 'REQUEST_TAKEN' } });
    expect(again.reason).toEqual(wellSaid);
    expect(again).not.toHaveProperty('next');
  }
});

describe('a hold', () => {
  test('is kept with its reason, and with its end where it has one', () => {
    const open = decide({ ...who, kind: 'hold' });
    expect(open).toMatchObject({ action: 'hold', reason: { code: 'HELD' } });
    expect(open.next?.hold).toEqual({ actor: 'ada', reason: 'a drill' });
    expect(open.reason.text).toBe('ada holds automatic failover: a drill');
    const timed = decide({ ...who, kind: 'hold', untilMs: nowMs });
    expect(timed.next?.hold).toEqual({ actor: 'ada', reason: 'a drill', untilMs: nowMs });
    expect(timed.reason.text).toContain('until 2026-03-02T12:00:00.000Z: a drill');
  });

  test('is released', () => {
    const hold = { actor: 'bob', reason: 'x' };
    const decision = decide({ ...who, kind: 'release' }, { hold });
    expect(decision).toMatchObject({ action: 'release', reason: { code: 'RELEASED' } });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision.next).toEqual({ ...steady, requests: ['r-1'] });
  });
});

describe('a move that is asked for', () => {
  test.each<[string, FailoverRequest, Partial<FailoverState>, string]>([
    ['to a region that is none of its', run('eu-west-1'), {}, 'UNKNOWN_REGION'],
    ['to the region that serves', run(primary), {}, 'ALREADY_ACTIVE'],
    ['home, where it is', { ...who, kind: 'back', mode: 'planned' }, {}, 'ALREADY_ACTIVE'],
    ['where it is going already', run(standby), moving, 'ALREADY_MOVING'],
    ['while DNS follows', run(standby), verifying, 'ALREADY_MOVING'],
    ['elsewhere while DNS follows', run(primary, 'forced'), verifying, 'ALREADY_MOVING'],
  ])('%s is refused', (_name, request, state, code) => {
    const decision = decide(request, state);
    expect(decision).toMatchObject({ action: 'refuse', reason: { code } });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision.next).toEqual({ ...steady, ...state, requests: ['r-1'] });
  });

  test('names the regions that it could be', () => {
    const { text } = decide(run('eu-west-1')).reason;
    expect(text).toContain(`eu-west-1 is no region of this application (${primary}, ${standby})`);
  });

  test('to a target behind a closed gate is refused with what the gate says', () => {
    const missing = { target: { ...ready, services: { web: undefined } } };
    for (const mode of ['planned', 'forced'] as const) {
      const decision = decide(run(standby, mode), {}, missing);
      expect(decision).toMatchObject({
        action: 'refuse',
        mode,
        reason: { code: 'TARGET_SERVICE_MISSING' },
      });
      expect(decision.next).toEqual({ ...steady, requests: ['r-1'] });
    }
  });

  test.each(['planned', 'forced'] as const)('%s begins under the next epoch', (mode) => {
    const decision = decide(run(standby, mode));
    expect(decision).toMatchObject({
      action: 'start',
      epoch: 5,
      mode,
      reason: { code: 'REQUESTED' },
      recheckAtMs: nowMs,
      next: {
        epoch: 5,
        requests: ['r-1'],
        target: standby,
        move: {
          mode,
          from: primary,
          to: standby,
          cause: 'a drill',
          actor: 'ada',
          floors: { web: 4 },
        },
      },
    });
    const said = `ada asked for a ${mode} move from ${primary} to ${standby}: a drill`;
    expect(decision.reason.text).toBe(said);
  });

  test('forced takes the place of one under way to the same region', () => {
    expect(decide(run(standby, 'forced'), moving)).toMatchObject({
      action: 'start',
      mode: 'forced',
    });
  });

  test('home goes to the first region of the fleet file', () => {
    const away = { active: standby };
    const target = { ...ready, region: primary };
    const back: FailoverRequest = { ...who, kind: 'back', mode: 'forced' };
    expect(decide(back, away, { target })).toMatchObject({ action: 'start', to: primary });
  });

  test('is never taken blindly', () => {
    const other = { target: { ...ready, region: 'eu-west-1' } };
    expect(() => decide(run(standby), {}, other)).toThrow(/taken blindly/);
  });
});

describe('a move under way', () => {
  test('is cancelled by asking for the region that still serves', () => {
    const decision = decide(run(primary), moving);
    expect(decision).toMatchObject({
      action: 'cancel',
      recheckAtMs: nowMs,
      reason: { code: 'CANCELLED', text: `ada cancelled the move to ${standby}: a drill` },
    });
    expect(decision.next).toEqual({ ...steady, epoch: 5, isLatchPending: true, requests: ['r-1'] });
  });

  test('is ended without its verification by force, and only where it goes', () => {
    const decision = decide(run(standby, 'forced'), verifying);
    expect(decision).toMatchObject({
      action: 'finish',
      timeline: move.timeline,
      reason: { code: 'MOVED' },
      next: { active: standby, phase: 'steady', requests: ['r-1'], flips: [{ to: standby }] },
    });
    expect(decision.reason.text).toContain('without its verification: a drill');
  });
});
