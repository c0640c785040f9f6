import { describe, expect, test } from '@jest/globals';
import { decideFailover } from '../../../core/failover/decide-failover.ts';
import type { FailoverState } from '../../../core/failover/failover-state.ts';
import type { ObservedFailover } from '../../../core/failover/observed-failover.ts';
import { wellSaid } from '../well-said.ts';
import { application, nowMs, observed, primaryDown, ready, steady } from './failover-scene.ts';
import { primary, standby } from './failover-world.ts';

const event = { app: 'storefront', cause: 'probe' } as const;
const decide = (changes: Partial<ObservedFailover>) =>
  decideFailover(event, observed(changes), nowMs);
const ill = (state: Partial<FailoverState> = {}, more: Partial<ObservedFailover> = {}) =>
  decide({ evidence: primaryDown, state: { ...steady, ...state }, ...more });

describe('in quiet times', () => {
  test('nothing is done, under the subject that all regions share', () => {
    const decision = decide({});
    expect(decision).toMatchObject({
      action: 'none',
      app: 'storefront',
      subject: 'traffic',
      region: standby,
      epoch: 4,
      from: primary,
      to: standby,
      reason: { code: 'HEALTHY' },
    });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision).not.toHaveProperty('next');
  });

  const own = { region: primary, services: { web: { desired: 4, image: 'a' }, api: one('b') } };
  function one(image: string) {
    return { desired: 1, image };
  }

  test('the active region writes down what it runs, once', () => {
    const noted = decide({ region: primary, own });
    expect(noted).toMatchObject({
      action: 'remember',
      subject: `traffic/${primary}`,
      reason: { code: 'REMEMBERED' },
      next: { ...steady, remembered: own },
    });
    expect(noted.reason).toEqual(wellSaid);
    const { web, api } = own.services;
    const known = { region: primary, services: { api, web } };
    const again = decide({ region: primary, own, state: { ...steady, remembered: known } });
    expect(again.action).toBe('none');
  });

  test.each([
    ['another count', { ...own, services: { ...own.services, web: { desired: 5, image: 'a' } } }],
    ['another image', { ...own, services: { ...own.services, web: { desired: 4, image: 'c' } } }],
    ['another region', { ...own, region: standby }],
    ['one service less', { ...own, services: { web: own.services.web } }],
  ])('it writes again after %s', (_what, remembered) => {
    const state = { ...steady, remembered };
    expect(decide({ region: primary, own, state }).action).toBe('remember');
  });

  test.each<[string, Partial<FailoverState>]>([
    ['a grace', { quorumSinceMs: nowMs - 5_000 }],
    ['a refusal', { refused: 'COOLDOWN' }],
  ])('%s is forgotten before anything is written down', (_what, state) => {
    const decision = decide({ own, state: { ...steady, ...state } });
    expect(decision).toMatchObject({ action: 'calm', reason: { code: 'HEALTHY' } });
    expect(decision.next).toEqual(steady);
  });
});

describe('when the active region is down', () => {
  test('its own function leaves the decision to the others', () => {
    const decision = ill({}, { region: primary });
    expect(decision).toMatchObject({
      action: 'none',
      subject: `traffic/${primary}`,
      reason: { code: 'NOT_MY_DECISION' },
    });
    expect(decision.reason).toEqual(wellSaid);
  });

  test.each<[string, object, number]>([
    ['as the fleet file says', { grace: 45_000, profile: 'stateless' }, 45_000],
    ['30 s for a stateless application', { grace: undefined, profile: 'stateless' }, 30_000],
    ['2 min for a stateful one', { grace: undefined, profile: 'stateful' }, 120_000],
  ])('a grace begins, %s', (_what, policy, graceMs) => {
    const failover = { ...application.failover, ...policy } as typeof application.failover;
    const began = ill({}, { application: { ...application, failover } });
    expect(began).toMatchObject({
      action: 'detect',
      reason: { code: 'DETECTING' },
      next: { ...steady, quorumSinceMs: nowMs },
      recheckAtMs: nowMs + graceMs,
    });
    expect(began.reason.text).toContain(`${graceMs / 1_000} s`);
  });

  test.each<[string, object | undefined, number]>([
    ['without a policy the longer grace counts', undefined, 120_000],
  ])('%s', (_what, failover, graceMs) => {
    const bare = { ...application, failover } as typeof application;
    expect(ill({}, { application: bare }).recheckAtMs).toBe(nowMs + graceMs);
  });

  test('the grace has to pass whole', () => {
    const waiting = ill({ quorumSinceMs: nowMs - 29_999 }, { target: ready });
    expect(waiting).toMatchObject({ action: 'none', reason: { code: 'DETECTING' } });
    expect(waiting.reason.text).toMatch(/ends in 1 s\.$/);
    expect(waiting).not.toHaveProperty('recheckAtMs');
    expect(ill({ quorumSinceMs: nowMs - 30_000 }, { target: ready }).action).toBe('start');
  });

  test('a target that was not looked at yet is looked at at once', () => {
    const decision = ill({ quorumSinceMs: nowMs - 30_000 });
    expect(decision).toMatchObject({ action: 'none', recheckAtMs: nowMs });
    expect(decision.reason).toEqual(wellSaid);
  });

  test('the move begins under the next epoch and says why, to whom and with how many tasks', () => {
    const decision = ill({ quorumSinceMs: nowMs - 30_000 }, { target: ready });
    expect(decision).toMatchObject({
      action: 'start',
      mode: 'automatic',
      epoch: 5,
      from: primary,
      to: standby,
      reason: { code: 'FLIP' },
      recheckAtMs: nowMs,
      next: {
        epoch: 5,
        phase: 'moving',
        target: standby,
        move: {
          mode: 'automatic',
          actor: 'farshore',
          from: primary,
          to: standby,
          floors: { web: 4 },
          timeline: { detectedAtMs: nowMs - 30_000, decidedAtMs: nowMs },
        },
      },
    });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision.reason.text).toContain(`from ${primary} to ${standby}`);
  });

  test('a closed gate refuses once, and again when it is another one', () => {
    const state = { quorumSinceMs: nowMs - 30_000, cooldownUntilMs: nowMs + 1 };
    const refused = ill(state, { target: ready });
    expect(refused).toMatchObject({
      action: 'refuse',
      mode: 'automatic',
      reason: { code: 'COOLDOWN' },
      next: { refused: 'COOLDOWN', epoch: 4 },
    });
    expect(refused.reason).toEqual(wellSaid);
    const again = ill({ ...state, refused: 'COOLDOWN' }, { target: ready });
    expect(again).toMatchObject({ action: 'none', reason: { code: 'COOLDOWN' } });
    expect(again).not.toHaveProperty('next');
    expect(ill({ ...state, refused: 'HELD' }, { target: ready }).action).toBe('refuse');
  });
});

describe('before anything is judged', () => {
  test.each([
    ['open while the home region serves', primary, false],
    ['latched while another does', standby, true],
  ])('a latch that may say otherwise is written again: %s', (_what, active, latched) => {
    const decision = ill({ isLatchPending: true, active });
    expect(decision).toMatchObject({
      action: 'sync-latch',
      reason: { code: 'LATCH_PENDING' },
      effect: { kind: 'latch', latch: { latched, epoch: 4 }, mayFail: true },
    });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision.next).toEqual({ ...steady, active });
  });

  test('a hold ends at its time', () => {
    const hold = { actor: 'ada', reason: 'drill', untilMs: nowMs };
    const decision = decide({ state: { ...steady, hold } });
    expect(decision).toMatchObject({ action: 'release', reason: { code: 'HOLD_EXPIRED' } });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision.next).toEqual(steady);
    const later = { ...hold, untilMs: nowMs + 1 };
    expect(decide({ state: { ...steady, hold: later } }).action).toBe('none');
    const open = { actor: 'ada', reason: 'drill' };
    expect(decide({ state: { ...steady, hold: open } }).action).toBe('none');
  });
});
