import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideScaling } from '../../../core/scaling/decide-scaling.ts';
import type { ObservedService } from '../../../core/scaling/observed-service.ts';
import {
  alarm,
  busy,
  change,
  deployment,
  event,
  live,
  nowMs,
  quiet,
  seen,
} from './scaling-scene.ts';

describe('adds tasks', () => {
  test.each<[string, ObservedService, number]>([
    ['by the step of the breach', seen([busy(75)]), 5],
    ['by the larger step of the larger breach', seen([busy(80)]), 7],
    ['S7 up to the maximum', seen([busy(85)], { live: live({ desired: 9 }) }), 10],
    ['S9 to what a hand set', seen([busy(75)], { live: live({ desired: 6 }) }), 7],
    [
      'S10 by the rest of a larger step in the cooldown',
      seen([busy(85)], { live: live({ desired: 5 }), state: { lastOut: change(4, 5, 120_000) } }),
      7,
    ],
    [
      'at once in the cooldown of a removal',
      seen([busy(75)], { state: { lastIn: change(5, 4, 60_000) } }),
      5,
    ],
    [
      'S16 on the desired count during a deployment',
      seen([busy(75)], {
        live: live({
          desired: 8,
          running: 16,
          deployments: [{ ...deployment, rolloutState: 'IN_PROGRESS' }],
        }),
      }),
      9,
    ],
    ['from below the minimum', seen([busy(75)], { live: live({ desired: 0 }) }), 3],
    ['while a rollout holds removals', seen([busy(75)], { leaseHolder: 'rollout' }), 5],
  ])('%s', (_name, observed, to) => {
    const decision = decideScaling(event, observed, nowMs);
    expect(decision).toMatchObject({ action: 'scale', to, reason: { code: 'SCALED_OUT' } });
    expect(decision.recheckAtMs).toBe(nowMs + 300_000);
  });
});

describe('removes tasks', () => {
  test.each<[string, ObservedService, number]>([
    ['by the step of the breach', seen([quiet(25)]), 3],
    ['down to the minimum', seen([quiet(5)], { live: live({ desired: 3 }) }), 2],
    [
      'from the maximum when more are wanted',
      seen([quiet(25)], { live: live({ desired: 14 }) }),
      9,
    ],
  ])('%s', (_name, observed, to) => {
    const decision = decideScaling(event, observed, nowMs);
    expect(decision).toMatchObject({ action: 'scale', to, reason: { code: 'SCALED_IN' } });
  });
});

describe('does nothing', () => {
  const failing = {
    running: 2,
    events: [{ atMs: nowMs - 60_000, message: 'was unable to place a task: RESOURCE:FARGATE' }],
  };
  test.each<[string, ObservedService, string]>([
    ['S6 at the maximum', seen([busy(75)], { live: live({ desired: 10 }) }), 'AT_MAX'],
    [
      'S11 for the same step in the cooldown',
      seen([busy(75)], { live: live({ desired: 5 }), state: { lastOut: change(4, 5, 120_000) } }),
      'COOLDOWN',
    ],
    [
      'for fewer tasks in the cooldown of more',
      seen([quiet(25)], { state: { lastOut: change(3, 4, 120_000) } }),
      'COOLDOWN',
    ],
    ['S14 without data', seen([alarm('quiet', { state: 'INSUFFICIENT_DATA' })]), 'NO_DATA'],
    ['S14 for an alarm without a newest value', seen([quiet(undefined)]), 'NO_DATA'],
    [
      'for an alarm that is missing',
      seen([], { policies: seen([]).policies.map((one) => ({ ...one, alarm: undefined })) }),
      'NO_DATA',
    ],
    [
      'S15 when silenced',
      seen([busy(75)], { state: { silenced: { busy: { by: 'mute', atMs: 0 } } } }),
      'SUPPRESSED',
    ],
    [
      'when its actions are off',
      seen([alarm('busy', { state: 'ALARM', actionsEnabled: false })]),
      'SUPPRESSED',
    ],
    [
      'S16 for fewer during a deployment',
      seen([quiet(25)], {
        live: live({ deployments: [{ ...deployment, rolloutState: 'IN_PROGRESS' }] }),
      }),
      'DEFERRED_DEPLOYMENT',
    ],
    [
      'for fewer during a rollout',
      seen([quiet(25)], { leaseHolder: 'rollout' }),
      'HELD_BY_ROLLOUT',
    ],
    [
      'S23 for fewer after a failover',
      seen([quiet(25)], { failoverHoldUntilMs: nowMs + 1 }),
      'HELD_BY_FAILOVER',
    ],
    ['S21 when tasks cannot be placed', seen([busy(75)], { live: live(failing) }), 'UNFULFILLED'],
    [
      'S24 for a service that drains',
      seen([busy(75)], { live: live({ status: 'DRAINING' }) }),
      'NOT_SCALABLE',
    ],
    ['for a service that is not there', seen([busy(75)], { live: undefined }), 'NOT_SCALABLE'],
    ['at the minimum', seen([quiet(25)], { live: live({ desired: 2 }) }), 'AT_MIN'],
    ['below the minimum', seen([quiet(25)], { live: live({ desired: 1 }) }), 'BELOW_MIN'],
    ['when the newest value breaches no more', seen([busy(60)]), 'IN_BAND'],
    ['when all alarms are OK', seen([]), 'ALARM_OK'],
  ])('%s', (_name, observed, code) => {
    const decision = decideScaling(event, observed, nowMs);
    expect(decision).toMatchObject({ action: 'none', reason: { code } });
  });

  test('S4 for an old event whose alarm is OK by now', () => {
    const stale = { ...event, alarm: { name: 'busy', state: 'ALARM', atMs: 1 } as const };
    expect(decideScaling(stale, seen([]), nowMs).reason.code).toBe('STALE');
  });
});

test('S1 adding beats removing, and the loser says so', () => {
  const decision = decideScaling(event, seen([busy(75), quiet(10)]), nowMs);
  expect(decision).toMatchObject({ action: 'scale', to: 5 });
  const codes = decision.considered.map(({ reason }) => reason.code);
  expect(codes).toEqual(['SCALED_OUT', 'PREEMPTED_BY_SCALE_OUT']);
});

test('an alarm that asks in vain for more still forbids removing', () => {
  const observed = seen([busy(75), quiet(10)], { live: live({ desired: 10 }) });
  expect(decideScaling(event, observed, nowMs)).toMatchObject({ action: 'none' });
});

test('S13 a persisting breach is acted on again at the end of the cooldown', () => {
  const first = decideScaling(event, seen([busy(75)]), nowMs);
  const later = { live: live({ desired: 5 }), state: { ...first.next, isPending: false } };
  const atMs = first.recheckAtMs ?? 0;
  const recheck = { ...event, cause: 'recheck' } as const;
  expect(decideScaling(recheck, seen([busy(85)], later), atMs - 1).reason.code).toBe('SCALED_OUT');
  expect(decideScaling(recheck, seen([busy(85)], later), atMs)).toMatchObject({ to: 8 });
});

test('S15 keeps in mind that an alarm is silenced, until an event says otherwise', () => {
  const silenced = {
    ...event,
    alarm: { name: 'busy', state: 'ALARM', atMs: 5, silencedBy: 'WaitPeriod' } as const,
  };
  const noted = decideScaling(silenced, seen([busy(75)]), nowMs);
  expect(noted).toMatchObject({ action: 'note-silence', reason: { code: 'SUPPRESSED' } });
  const state = noted.next ?? {};
  expect(decideScaling(event, seen([busy(75)], { state }), nowMs).action).toBe('none');
  const over = { ...event, alarm: { name: 'busy', state: 'ALARM', atMs: 9 } as const };
  const freed = decideScaling(over, seen([busy(75)], { state }), nowMs);
  expect(freed).toMatchObject({ action: 'note-silence', recheckAtMs: nowMs });
  expect(freed.next?.silenced).toEqual({});
  const old = { ...over, alarm: { ...over.alarm, atMs: 1 } };
  expect(decideScaling(old, seen([busy(75)], { state }), nowMs).action).toBe('none');
});

test('finishes a change that an interrupted run decided', () => {
  const state = { lastOut: change(4, 5, 30_000), isPending: true };
  expect(decideScaling(event, seen([], { state }), nowMs)).toMatchObject({
    action: 'resume',
    to: 5,
  });
  const changed = { state, live: live({ desired: 7 }) };
  expect(decideScaling(event, seen([], changed), nowMs).action).toBe('none');
});

test('a sweep sets no timers: the next sweep looks again', () => {
  const swept = { ...event, cause: 'sweep' } as const;
  const observed = seen([quiet(25)], { leaseHolder: 'rollout' });
  expect(decideScaling(swept, observed, nowMs).recheckAtMs).toBeUndefined();
  expect(decideScaling(event, observed, nowMs).recheckAtMs).toBe(nowMs + 60_000);
});

test('never leaves the bounds, whatever is seen', () => {
  const value = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });
  const any = fc.record({ high: value, low: value, desired: fc.nat(20), agoMs: fc.nat(600_000) });
  fc.assert(
    fc.property(any, ({ high, low, desired, agoMs }) => {
      const state = { lastOut: change(Math.max(0, desired - 1), desired, agoMs) };
      const observed = seen([busy(high), quiet(low)], { live: live({ desired }), state });
      const { to } = decideScaling(event, observed, nowMs);
      if (to === undefined) return;
      expect(to).toBeGreaterThanOrEqual(2);
      expect(to).toBeLessThanOrEqual(10);
      expect(to).not.toBe(desired);
    }),
  );
});
