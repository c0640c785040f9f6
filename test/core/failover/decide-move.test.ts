import { describe, expect, test } from '@jest/globals';
import type { FailoverPolicy } from '../../../core/contract/fleet-failover.ts';
import { decideFailover } from '../../../core/failover/decide-failover.ts';
import type { FailoverState, Move } from '../../../core/failover/failover-state.ts';
import type { FailoverEvent, ObservedFailover } from '../../../core/failover/observed-failover.ts';
import { wellSaid } from '../well-said.ts';
import {
  application,
  nowMs,
  observed,
  primaryDown,
  ready,
  sees,
  steady,
} from './failover-scene.ts';
import { observer, primary, standby } from './failover-world.ts';

const policy = application.failover as FailoverPolicy;
const begun: Move = {
  mode: 'automatic',
  from: primary,
  to: standby,
  step: 'scale',
  stepSinceMs: nowMs - 1_000,
  cause: 'It is down.',
  actor: 'farshore',
  floors: { web: 4 },
  dataDone: 0,
  timeline: { decidedAtMs: nowMs - 1_000 },
};
const lease = { holder: 'failover', epoch: 1, untilMs: nowMs + 300_000 } as const;
const poor = { ...ready, services: { web: { ...web(), desired: 4, healthy: 1 } } };
const low = { ...ready, services: { web: { ...web(), desired: 2, healthy: 2 } } };
const empty = { ...ready, services: { web: { ...web(), healthy: 0 } } };

function web() {
  const service = ready.services['web'];
  if (service === undefined) throw new Error('the scene has no web');
  return service;
}

interface Scene {
  readonly move?: Partial<Move>;
  readonly state?: Partial<FailoverState>;
  readonly policy?: Partial<FailoverPolicy>;
  readonly cause?: FailoverEvent['cause'];
}

/** The next step of a move, as the standby's function decides it while the primary is down. */
function next(
  { move, state, cause = 'recheck', ...scene }: Scene,
  more: Partial<ObservedFailover> = {},
) {
  const moving = { ...steady, phase: 'moving', target: standby } as const;
  return decideFailover(
    { app: 'storefront', cause },
    observed({
      application: { ...application, failover: { ...policy, ...scene.policy } },
      evidence: primaryDown,
      state: { ...moving, ...state, move: { ...begun, ...move } },
      target: ready,
      lease,
      ...more,
    }),
    nowMs,
  );
}

describe('who sees to a move', () => {
  test.each<[string, Move['mode'], string, boolean]>([
    ['an automatic one: the target', 'automatic', standby, true],
    ['an automatic one: the observer', 'automatic', observer, true],
    ['an automatic one: not the region that is left', 'automatic', primary, false],
    ['a planned one: the target alone', 'planned', standby, true],
    ['a planned one: not the observer', 'planned', observer, false],
    ['a planned one: not the region that is left', 'planned', primary, false],
  ])('%s', (_name, mode, region, isMine) => {
    const decision = next({ move: { mode } }, { region });
    expect(decision.action).toBe(isMine ? 'scale' : 'none');
    expect(decision.reason).toEqual(wellSaid);
    if (!isMine) {
      expect(decision).toMatchObject({
        subject: `traffic/${region}`,
        reason: { code: 'NOT_MY_DECISION' },
      });
    }
  });

  test('nobody, before the target was looked at', () => {
    const blind = observed({ state: { ...steady, move: begun } });
    expect(decideFailover({ app: 'storefront', cause: 'probe' }, blind, nowMs).action).toBe('none');
  });
});

describe('what stops automation before traffic is switched', () => {
  const healthy = { evidence: [sees(standby), sees(observer)] };
  const unsure = { evidence: [sees(standby, 'down'), sees(primary)] };
  const held = { hold: { actor: 'ada', reason: 'drill' } };

  test('the region is well again', () => {
    const decision = next({ move: { step: 'data' } }, healthy);
    expect(decision).toMatchObject({
      action: 'cancel',
      reason: { code: 'RECOVERED' },
      recheckAtMs: nowMs,
      next: { epoch: 5, phase: 'steady', isLatchPending: true },
    });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision.next).not.toHaveProperty('move');
  });

  test('a hold, told once', () => {
    const refused = next({ state: held });
    expect(refused).toMatchObject({
      action: 'refuse',
      next: { refused: 'HELD' },
      recheckAtMs: nowMs + 5_000,
    });
    expect(refused.reason).toEqual(wellSaid);
    expect(refused.reason.text).toContain('ada');
    expect(next({ state: { ...held, refused: 'HELD' } }).action).toBe('none');
  });

  test.each<[Move['step'], string]>([
    ['scale', 'scale'],
    ['capacity', 'admit'],
    ['data', 'none'],
    ['latch', 'none'],
  ])('a quorum that is lost lets the step %s %s', (step, action) => {
    expect(next({ move: { step } }, unsure).action).toBe(action);
  });

  test.each<[string, Partial<Move>]>([
    ['a planned move', { mode: 'planned', step: 'latch' }],
    ['a move that is switched', { step: 'verify' }],
    ['a move whose data was promoted', { step: 'latch', dataDone: 2 }],
  ])('nothing of it stops %s', (_name, move) => {
    const data = [{ alarm: 'lag' }, { invoke: 'promote' }] as unknown as FailoverPolicy['data'];
    expect(next({ move, policy: { data } }, healthy).action).not.toBe('cancel');
    expect(next({ move, policy: { data }, state: held }).reason.code).not.toBe('HELD');
    if (move.dataDone === 2) {
      const checked = { ...move, dataDone: 1 };
      expect(next({ move: checked, policy: { data } }, healthy).action).toBe('cancel');
    }
  });
});

describe('the lease', () => {
  const short = { ...lease, untilMs: nowMs + 299_999 };
  test('is renewed when it would end soon, but not before the first step', () => {
    const renewed = next({ move: { step: 'capacity' } }, { lease: short });
    expect(renewed).toMatchObject({
      action: 'renew',
      recheckAtMs: nowMs,
      reason: { code: 'LEASE_RENEWED' },
    });
    expect(renewed.reason).toEqual(wellSaid);
    expect(renewed.next?.move).toEqual({ ...begun, step: 'capacity' });
    expect(next({}, { lease: short }).action).toBe('scale');
    expect(next({ move: { step: 'capacity' } }).action).toBe('admit');
  });
});

describe('scale', () => {
  test('raises what wants fewer than its floor, and looks again', () => {
    const decision = next({}, { target: low });
    expect(decision).toMatchObject({
      action: 'scale',
      mode: 'automatic',
      actor: 'farshore',
      cause: 'It is down.',
      effect: { kind: 'scale', counts: { web: 4 } },
      next: { move: { step: 'capacity', stepSinceMs: nowMs } },
      recheckAtMs: nowMs + 5_000,
    });
    expect(decision.reason.text).toBe(`${standby} is raised: web to 4.`);
  });

  test('goes on at once when there is enough', () => {
    const decision = next({});
    expect(decision).toMatchObject({ effect: { counts: {} }, recheckAtMs: nowMs });
    expect(decision.reason.text).toBe(`${standby} has enough tasks.`);
  });
});

describe('capacity', () => {
  const capacity = { step: 'capacity' } as const;
  const unseen = { evidence: [sees(standby)] };

  test('is ready with all healthy targets, seen by two regions', () => {
    const decision = next({ move: capacity });
    expect(decision).toMatchObject({
      action: 'admit',
      reason: { code: 'CAPACITY_READY', text: `${standby} can take the traffic.` },
      next: { move: { step: 'data', timeline: { ...begun.timeline, capacityAtMs: nowMs } } },
      recheckAtMs: nowMs,
    });
  });

  interface Look {
    readonly mode?: Move['mode'];
    readonly more: Partial<ObservedFailover>;
  }

  test.each<[string, Look, string, RegExp]>([
    ['waits for healthy targets', { more: { target: poor } }, 'WAITING_FOR_CAPACITY', /web 1\/4/],
    ['raises what was lowered', { more: { target: low } }, 'RAISING_CAPACITY', /web to 4/],
    ['waits to be seen', { mode: 'planned', more: unseen }, 'WAITING_FOR_CAPACITY', /not see it/],
    [
      'forced, does with one target',
      { mode: 'forced', more: { target: poor } },
      'CAPACITY_READY',
      /Forced past web 1\/4\./,
    ],
    [
      'forced, needs one target',
      { mode: 'forced', more: { target: empty } },
      'WAITING_FOR_CAPACITY',
      /web 0\/4/,
    ],
  ])('%s', (_name, { mode = 'automatic', more }, code, text) => {
    const { reason } = next({ move: { ...capacity, mode } }, more);
    expect(reason.code).toBe(code);
    expect(reason.text).toMatch(text);
  });

  test('forced, asks no target of a service that needs none', () => {
    const move = { ...capacity, mode: 'forced', floors: { web: 0 } } as const;
    expect(next({ move }, { target: empty }).reason.code).toBe('CAPACITY_READY');
  });

  test('is refused once its deadline has passed', () => {
    const at = (agoMs: number) =>
      next(
        {
          move: { ...capacity, timeline: { decidedAtMs: nowMs - agoMs } },
          policy: { capacityDeadline: 60_000 },
        },
        { target: poor },
      );
    expect(at(60_000).action).toBe('none');
    expect(at(60_001)).toMatchObject({ action: 'refuse', reason: { code: 'NO_CAPACITY' } });
  });

  test('is looked at again by the timer alone', () => {
    expect(next({ move: capacity }, { target: poor }).recheckAtMs).toBe(nowMs + 5_000);
    const probed = next({ move: capacity, cause: 'probe' }, { target: poor });
    expect(probed).not.toHaveProperty('recheckAtMs');
  });
});

describe('data', () => {
  const data = [{ alarm: 'lag' }, { invoke: 'promote' }] as unknown as FailoverPolicy['data'];
  const at = (dataDone: number, more: Partial<Move> = {}) => ({
    move: { step: 'data', dataDone, ...more } as const,
    policy: { data },
  });

  test.each<[Move['mode'], 'OK' | 'ALARM' | undefined, string, string]>([
    ['planned', 'OK', 'prepare-data', 'DATA_CHECKED'],
    ['planned', 'ALARM', 'refuse', 'DATA_NOT_READY'],
    ['automatic', undefined, 'refuse', 'DATA_NOT_READY'],
    ['forced', 'ALARM', 'prepare-data', 'DATA_CHECKED'],
  ])('%s with an alarm that is %s: %s', (mode, lag, action, code) => {
    const decision = next(at(0, { mode }), { target: { ...ready, alarms: { lag } } });
    expect(decision).toMatchObject({ action, reason: { code } });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision.reason.text).toContain(`lag in ${standby} is ${lag ?? 'missing'}`);
    if (action === 'prepare-data') {
      expect(decision).toMatchObject({ next: { move: { dataDone: 1 } }, recheckAtMs: nowMs });
    }
  });

  test('a function prepares it, told what moves', () => {
    const decision = next(at(1));
    expect(decision).toMatchObject({
      action: 'prepare-data',
      reason: { code: 'PREPARING_DATA', text: `promote prepares the data in ${standby}.` },
      effect: {
        kind: 'invoke',
        functionName: 'promote',
        input: { app: 'storefront', from: primary, to: standby, epoch: 4, mode: 'automatic' },
      },
      next: { move: { step: 'data', dataDone: 2 } },
      recheckAtMs: nowMs,
    });
  });

  test('is ready after the last step', () => {
    const decision = next(at(2));
    expect(decision).toMatchObject({
      action: 'admit',
      reason: { code: 'DATA_READY' },
      next: { move: { step: 'latch', timeline: { ...begun.timeline, dataAtMs: nowMs } } },
      recheckAtMs: nowMs,
    });
    expect(decision.reason).toEqual(wellSaid);
  });
});

describe('latch', () => {
  test.each<[string, Partial<Move>, boolean, boolean]>([
    ['away from home', {}, true, false],
    ['home, by automation', { from: standby, to: primary }, false, true],
    ['home, by a person', { mode: 'planned', from: standby, to: primary }, false, false],
  ])('%s', (_name, way, latched, mayFail) => {
    // A move whose data was promoted goes on, whatever is seen.
    const data = [{ invoke: 'promote' }] as unknown as FailoverPolicy['data'];
    const move = { step: 'latch', dataDone: 1, ...way } as const;
    const { from = primary, to = standby } = way;
    const decision = next({ move, policy: { data } }, { region: to });
    expect(decision).toMatchObject({
      action: 'switch-traffic',
      reason: { code: 'SWITCHING', text: `Traffic is switched from ${from} to ${to}.` },
      effect: { kind: 'latch', latch: { latched, epoch: 4 }, mayFail },
      next: { move: { step: 'verify', timeline: { latchedAtMs: nowMs } } },
      recheckAtMs: nowMs + 5_000,
    });
  });
});

describe('verify', () => {
  const verify = { step: 'verify' } as const;
  const answers = { isProbeOk: true, isAnswered: true };

  test.each<[string, Partial<typeof answers>, RegExp]>([
    ['our probe', { isProbeOk: false }, /does not answer our probe\.$/],
    ['DNS', { isAnswered: false }, /but DNS does not answer with us-west-2 yet\.$/],
    ['both', { isProbeOk: false, isAnswered: false }, /our probe and DNS does not/],
  ])('waits for %s, and tells people when it is late', (_name, lacking, text) => {
    const traffic = { ...answers, ...lacking };
    const early = next(
      { move: { ...verify, stepSinceMs: nowMs - 300_000 } },
      { target: { ...ready, traffic } },
    );
    expect(early).toMatchObject({ action: 'none', reason: { code: 'VERIFYING' } });
    expect(early.reason.text).toMatch(text);
    const late = next(
      { move: { ...verify, stepSinceMs: nowMs - 300_001 } },
      { target: { ...ready, traffic } },
    );
    expect(late).toMatchObject({ action: 'refuse', reason: { code: 'VERIFY_LATE' } });
  });

  test('waits while nothing is known', () => {
    expect(next({ move: verify }).reason.code).toBe('VERIFYING');
  });

  test.each<[Move['mode'], string, boolean]>([
    ['automatic', standby, false],
    ['planned', standby, false],
    ['planned', primary, true],
    ['automatic', primary, false],
  ])('an %s move to %s ends there', (mode, to, isBack) => {
    const from = to === standby ? primary : standby;
    const region = mode === 'planned' ? to : observer;
    const decision = next(
      { move: { ...verify, mode, from, to } },
      { region, target: { ...ready, region: to, traffic: answers } },
    );
    expect(decision).toMatchObject({
      action: 'finish',
      isBack,
      timeline: { verifiedAtMs: nowMs },
      reason: { code: 'MOVED', text: `Traffic moved from ${from} to ${to}: It is down.` },
      next: {
        active: to,
        phase: 'steady',
        movedAtMs: nowMs,
        flips: [{ from, to, mode, epoch: 4 }],
      },
    });
  });
});
