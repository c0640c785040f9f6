import { describe, expect, test } from '@jest/globals';
import type { ScalingPolicy } from '../../../core/contract/fleet-scaling.ts';
import { decideScaling } from '../../../core/scaling/decide-scaling.ts';
import type { ObservedPolicy, ObservedService } from '../../../core/scaling/observed-service.ts';
import { wellSaid } from '../well-said.ts';
import { alarm, busy, change, event, live, nowMs, quiet, seen } from './scaling-scene.ts';

const [usual] = seen([]).policies as [ObservedPolicy];

/** A policy whose alarm is in breach by 5. */
function breached(name: string, by: number, terms: Partial<ScalingPolicy> = {}): ObservedPolicy {
  const policy = { ...usual.policy, steps: [{ from: 0, by }], ...terms };
  return { name, policy, alarmName: name, alarm: { ...busy(75), name } };
}

const decide = (observed: ObservedService, changes: Partial<typeof event> = {}) =>
  decideScaling({ ...event, ...changes }, observed, nowMs);

describe('of several policies', () => {
  const small = breached('small', 1, { cooldown: 60_000 });
  const large = breached('large', 3, { cooldown: 200_000 });
  const vain = { ...breached('vain', 9), alarm: undefined };

  test.each<[string, readonly ObservedPolicy[]]>([
    ['first', [large, small, vain]],
    ['last', [vain, small, large]],
  ])('the one that adds most wins, listed %s, with its own cooldown', (_place, policies) => {
    expect(decide(seen([], { policies }))).toMatchObject({
      from: 4,
      to: 7,
      recheckAtMs: nowMs + 200_000,
      next: { lastOut: { from: 4, to: 7, magnitude: 3, cooldownUntilMs: nowMs + 200_000 } },
    });
  });

  test.each<[string, ObservedService, string]>([
    ['a full service before a missing alarm', atMax([vain, small]), 'AT_MAX'],
    ['a full service before a missing alarm, listed last', atMax([small, vain]), 'AT_MAX'],
    ['missing data before an alarm that is OK', seen([], { policies: [usual, vain] }), 'NO_DATA'],
  ])('the most telling reason speaks: %s', (_name, observed, code) => {
    expect(decide(observed).reason).toEqual(wellSaid);
    expect(decide(observed).reason.code).toBe(code);
  });

  function atMax(policies: readonly ObservedPolicy[]): ObservedService {
    return seen([], { policies, live: live({ desired: 10 }) });
  }

  test('none means that nothing is asked', () => {
    const decision = decide(seen([], { policies: [] }));
    expect(decision).toMatchObject({ action: 'none', reason: { code: 'ALARM_OK' } });
    expect(decision.reason).toEqual(wellSaid);
    expect(decision).not.toHaveProperty('recheckAtMs');
  });
});

describe('a change', () => {
  test.each<[string, Partial<ScalingPolicy>, number]>([
    ['the cooldown where it is longer', { cooldown: 500_000 }, 500_000],
    ["the alarm's period where that is longer", { cooldown: 1_000 }, 60_000],
    ['a minute without a metric', { cooldown: 1_000, metric: undefined }, 60_000],
  ])('is followed by %s', (_name, terms, afterMs) => {
    const metric = { ...usual.policy.metric, period: 60_000 } as ScalingPolicy['metric'];
    const policy = breached('busy', 1, { metric, ...terms });
    expect(decide(seen([], { policies: [policy] })).recheckAtMs).toBe(nowMs + afterMs);
  });

  test('is remembered in its direction beside the last one in the other', () => {
    const lastOut = change(3, 4, 400_000);
    const removed = decide(seen([quiet(25)], { state: { lastOut } }));
    expect(removed.next).toEqual({
      lastOut,
      lastIn: expect.objectContaining({ atMs: nowMs, from: 4, to: 3, magnitude: 1 }) as object,
      isPending: true,
    });
    const lastIn = change(5, 4, 400_000);
    const added = decide(seen([busy(75)], { state: { lastIn } }));
    expect(added.next).toMatchObject({ lastIn, lastOut: { from: 4, to: 5 } });
  });

  test.each([
    ['for two minutes', 120_000, 'resume'],
    ['and then no more', 120_001, 'none'],
  ])('that an interrupted run decided is wanted %s', (_name, agoMs, action) => {
    const lastOut = change(4, 5, agoMs);
    const observed = seen([], { state: { lastOut, isPending: true } });
    expect(decide(observed).action).toBe(action);
  });

  test('that is made late is told with its reason and watched to the end of its cooldown', () => {
    const state = { lastOut: change(4, 5, 30_000), isPending: true };
    const resumed = decide(seen([], { state }));
    expect(resumed).toMatchObject({ from: 4, to: 5, next: state, recheckAtMs: nowMs + 270_000 });
    expect(resumed.reason).toEqual(wellSaid);
    expect(resumed.reason.code).toBe('RESUMED');
  });

  test('that was never written is nothing to finish', () => {
    expect(decide(seen([], { state: { isPending: true } })).action).toBe('none');
  });
});

describe('a timer', () => {
  const cooling = seen([busy(75)], {
    live: live({ desired: 5 }),
    state: { lastOut: change(4, 5, 120_000) },
  });
  const held = seen([quiet(25)], { leaseHolder: 'rollout' });

  test.each<[string, ObservedService, typeof event.cause, number | undefined]>([
    ['an alarm in a cooldown', cooling, 'alarm', nowMs + 180_000],
    ['a look again in a cooldown', cooling, 'recheck', undefined],
    ['a look again while removing is held', held, 'recheck', nowMs + 60_000],
    ['a probe', held, 'probe', undefined],
    ['a sweep', held, 'sweep', undefined],
  ])('after %s', (_name, observed, cause, atMs) => {
    expect(decide(observed, { cause }).recheckAtMs).toBe(atMs);
  });
});

describe('a silence', () => {
  const told = (atMs: number, silencedBy?: string) => ({
    name: 'busy',
    state: 'ALARM' as const,
    atMs,
    ...(silencedBy === undefined ? {} : { silencedBy }),
  });
  const state = { silenced: { busy: { by: 'mute', atMs: 5 }, other: { by: 'mute', atMs: 1 } } };

  test.each([
    ['that is known is not told again', told(9, 'mute'), 'none', 'SUPPRESSED'],
    ['for another cause is', told(9, 'window'), 'note-silence', 'SUPPRESSED'],
    ['of the same moment counts', told(5), 'note-silence', 'UNSUPPRESSED'],
    ['of an earlier moment does not', told(4), 'none', 'SUPPRESSED'],
  ])('%s', (_name, news, action, code) => {
    const decision = decide(seen([busy(75)], { state }), { alarm: news });
    expect(decision).toMatchObject({ action, reason: { code } });
    expect(decision.reason).toEqual(wellSaid);
  });

  test('is noted beside those of other alarms, and without a timer', () => {
    const noted = decide(seen([busy(75)], { state }), { alarm: told(9, 'window') });
    expect(noted.next?.silenced).toEqual({ ...state.silenced, busy: { by: 'window', atMs: 9 } });
    expect(noted).not.toHaveProperty('recheckAtMs');
    expect(noted.reason.text).toContain('window');
    const freed = decide(seen([busy(75)], { state }), { alarm: told(9) });
    expect(freed.next?.silenced).toEqual({ other: state.silenced.other });
    expect(freed.reason.text).toContain('no longer');
  });
});

test.each<[string, ObservedService, string]>([
  ['is missing', seen([], { live: undefined }), 'not exist'],
  ['drains', seen([], { live: live({ status: 'DRAINING' }) }), 'DRAINING'],
])('a service that %s is named with its region', (_name, observed, what) => {
  const { reason } = decide(observed);
  expect(reason).toEqual(wellSaid);
  expect(reason.text).toContain(what);
});

test('an event that came too late is told from an alarm in breach', () => {
  const old = { name: 'busy', state: 'ALARM' as const, atMs: 1 };
  const stale = decide(seen([]), { alarm: old });
  expect(stale).toMatchObject({ action: 'none', reason: { code: 'STALE' } });
  expect(stale.reason).toEqual(wellSaid);
  const full = seen([busy(75)], { live: live({ desired: 10 }) });
  expect(decide(full, { alarm: old }).reason.code).toBe('AT_MAX');
  const fine = { ...old, state: 'OK' as const };
  expect(decide(seen([alarm('busy')]), { alarm: fine }).reason.code).toBe('ALARM_OK');
});
