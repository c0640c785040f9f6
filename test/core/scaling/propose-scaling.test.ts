import { describe, expect, test } from '@jest/globals';
import type { ScalingPolicy } from '../../../core/contract/fleet-scaling.ts';
import type { ObservedPolicy, ObservedService } from '../../../core/scaling/observed-service.ts';
import { type Proposal, proposeScaling } from '../../../core/scaling/propose-scaling.ts';
import type { Alarm, ServiceState } from '../../../core/ports.ts';
import { wellSaid } from '../well-said.ts';
import { alarm, busy, change, deployment, live, nowMs, quiet, seen } from './scaling-scene.ts';

const [high, low] = seen([]).policies as [ObservedPolicy, ObservedPolicy];

interface Scene {
  readonly alarm?: Alarm | undefined;
  readonly policy?: Partial<ScalingPolicy>;
  readonly live?: Partial<ServiceState>;
  readonly seen?: Partial<ObservedService>;
}

/** What the policy of one side asks for, of a service with four tasks between two and ten. */
function propose(side: ObservedPolicy, scene: Scene): Proposal {
  const policy = { ...side.policy, ...scene.policy };
  const observed = { ...seen([]), ...scene.seen, live: live(scene.live) };
  const proposal = proposeScaling(observed, { ...side, policy, alarm: scene.alarm }, nowMs);
  expect(proposal).toMatchObject({ policy: side.name, alarm: side.alarmName, reason: wellSaid });
  return proposal;
}

const out = (value: number | undefined, scene: Scene = {}) =>
  propose(high, { alarm: busy(value), ...scene });
const removal = (value: number | undefined, scene: Scene = {}) =>
  propose(low, { alarm: quiet(value), ...scene });

describe('a policy that is not in breach asks for nothing', () => {
  test.each<[string, Alarm | undefined, string, RegExp]>([
    ['without its alarm', undefined, 'NO_DATA', /no alarm busy/],
    ['while it is OK', alarm('busy'), 'ALARM_OK', /busy is OK/],
    ['without data', alarm('busy', { state: 'INSUFFICIENT_DATA' }), 'NO_DATA', /busy has no data/],
    [
      'switched off',
      { ...busy(75), actionsEnabled: false },
      'SUPPRESSED',
      /actions are switched off/,
    ],
  ])('%s', (_name, found, code, text) => {
    const proposal = propose(high, { alarm: found });
    expect(proposal).toMatchObject({ direction: 'none', reason: { code } });
    expect(proposal.reason.text).toMatch(text);
    expect(proposal).not.toHaveProperty('recheckAtMs');
    expect(proposal).not.toHaveProperty('to');
  });

  test('silenced, and says by what', () => {
    const state = { silenced: { busy: { by: 'a mute window', atMs: 0 } } };
    expect(out(75, { seen: { state } }).reason.text).toContain('a mute window');
    const other = { silenced: { quiet: { by: 'a mute window', atMs: 0 } } };
    expect(out(75, { seen: { state: other } }).reason.code).toBe('SCALED_OUT');
  });
});

describe('the newest value chooses the step', () => {
  const metric = high.policy.metric as NonNullable<ScalingPolicy['metric']>;
  const one = { steps: [{ from: 0, by: 2 }] };
  const nothing = { steps: [{ from: 0, by: 0 }] };

  interface Asked {
    readonly code: string;
    readonly to?: number;
  }

  test.each<[string, number | undefined, Scene, Asked]>([
    ['none without a value', undefined, {}, { code: 'NO_DATA' }],
    ['the only one without a value', undefined, { policy: one }, { code: 'SCALED_OUT', to: 6 }],
    ['none when none is written', undefined, { policy: { steps: [] } }, { code: 'NO_DATA' }],
    ['none within the band', 69, {}, { code: 'IN_BAND' }],
    ['none for a step of nothing', 75, { policy: nothing }, { code: 'IN_BAND' }],
    ['the first', 70, {}, { code: 'SCALED_OUT', to: 5 }],
    ['the second', 80, {}, { code: 'SCALED_OUT', to: 7 }],
  ])('%s', (_name, value, scene, { code, to }) => {
    const proposal = out(value, scene);
    expect(proposal.reason.code).toBe(code);
    expect(proposal.to).toBe(to);
  });

  test.each<[string, Partial<Alarm>, Partial<ScalingPolicy>]>([
    [
      "the alarm's threshold before the policy's",
      { threshold: 70 },
      { metric: { ...metric, threshold: 99 } },
    ],
    [
      "the policy's where the alarm has none",
      { threshold: undefined },
      { metric: { ...metric, threshold: 70 } },
    ],
  ])('measured from %s', (_name, changes, policy) => {
    expect(out(81, { alarm: { ...busy(81), ...changes }, policy }).to).toBe(7);
  });

  test.each<[string, Alarm['comparison'], number, number | undefined]>([
    ['above includes the lower bound', 'above', 70, 5],
    ['at or above does too', 'at-or-above', 70, 5],
    ['unknown is taken by the side of the value', undefined, 70, 5],
    ['below includes the upper bound', 'below', 80, 5],
    ['at or below does too', 'at-or-below', 80, 5],
    ['below leaves the threshold itself out', 'below', 70, undefined],
  ])('%s', (_name, comparison, value, to) => {
    const policy = comparison === undefined ? { metric: undefined } : {};
    expect(out(value, { alarm: { ...busy(value), comparison }, policy }).to).toBe(to);
  });

  test('an unknown comparison with a value below takes the bounds from below', () => {
    const steps = [{ from: -10, to: 0, by: -1 }];
    const found = { ...quiet(30), comparison: undefined };
    expect(removal(30, { alarm: found, policy: { steps, metric: undefined } }).reason.code).toBe(
      'IN_BAND',
    );
    expect(
      removal(29, { alarm: { ...found, latestValue: 29 }, policy: { steps, metric: undefined } })
        .to,
    ).toBe(3);
  });

  test.each([
    ['a minute', 60_000, 60_000],
    ['a minute at least', 10_000, 60_000],
    ["the alarm's period", 300_000, 300_000],
  ])('without a step it is looked at again after %s', (_name, period, afterMs) => {
    const policy = { metric: { ...metric, period } };
    expect(out(60, { policy }).recheckAtMs).toBe(nowMs + afterMs);
    expect(out(undefined, { policy }).recheckAtMs).toBe(nowMs + afterMs);
    expect(out(60, { policy: { metric: undefined } }).recheckAtMs).toBe(nowMs + 60_000);
  });
});

describe('an exact count', () => {
  const exact = (by: number): Scene => ({
    policy: { adjustment: 'exact', steps: [{ from: 0, by }] },
  });
  test.each([
    [6, 'SCALED_OUT', 'out', 6],
    [3, 'SCALED_IN', 'in', 3],
    [4, 'IN_BAND', 'none', undefined],
  ])('of %d from four: %s', (by, code, direction, to) => {
    const proposal = out(75, exact(by));
    expect(proposal).toMatchObject({ reason: { code }, direction });
    expect(proposal.to).toBe(to);
  });
});

describe('adding', () => {
  const unplaced = (message: string, agoMs = 0) => ({
    live: { running: 2, events: [{ atMs: nowMs - agoMs, message }] },
  });

  test('says from where to where, and how much', () => {
    const proposal = out(80);
    expect(proposal).toMatchObject({ direction: 'out', to: 7, magnitude: 3 });
    expect(proposal.reason.text).toBe('busy is in ALARM: from 4 to 7 tasks.');
  });

  test.each<[string, Scene, string]>([
    ['at the maximum', { live: { desired: 10 } }, 'AT_MAX'],
    ['above it', { live: { desired: 11 } }, 'AT_MAX'],
    ['tasks that cannot be placed', unplaced('was unable to place a task.'), 'UNFULFILLED'],
    ['capacity that is not there', unplaced('Capacity is unavailable now.'), 'UNFULFILLED'],
    ['a resource that lacks', unplaced('because of RESOURCE:ENI.'), 'UNFULFILLED'],
    ['five minutes ago', unplaced('RESOURCE:ENI.', 300_000), 'UNFULFILLED'],
    ['longer ago', unplaced('RESOURCE:ENI.', 300_001), 'SCALED_OUT'],
    ['other news', unplaced('has reached a steady state.'), 'SCALED_OUT'],
    [
      'tasks that all run by now',
      { live: { ...unplaced('RESOURCE:ENI.').live, running: 4 } },
      'SCALED_OUT',
    ],
  ])('%s: %s', (_name, scene, code) => {
    const proposal = out(75, scene);
    expect(proposal).toMatchObject({ direction: 'out', reason: { code } });
  });

  test('a refusal says how many tasks are meant', () => {
    expect(out(75, { live: { desired: 10 } }).reason.text).toContain('the maximum is 10');
    expect(out(75, unplaced('RESOURCE:ENI.')).reason.text).toBe(
      'Only 2 of 4 tasks run: RESOURCE:ENI.',
    );
  });

  test('in the cooldown of a smaller step adds the rest, and remembers all of it', () => {
    const state = { lastOut: change(4, 5, 1_000) };
    const scene = { live: { desired: 5 }, seen: { state } };
    expect(out(80, scene)).toMatchObject({ to: 7, magnitude: 3 });
    const same = out(75, scene);
    expect(same).toMatchObject({
      reason: { code: 'COOLDOWN' },
      recheckAtMs: state.lastOut.cooldownUntilMs,
    });
    expect(same.reason.text).toContain('already added 1');
  });

  test('at the end of the cooldown counts from what is wanted', () => {
    const state = { lastOut: { ...change(4, 5, 1_000), cooldownUntilMs: nowMs } };
    expect(out(75, { live: { desired: 5 }, seen: { state } })).toMatchObject({
      to: 6,
      magnitude: 1,
    });
  });

  test('a share counts from the minimum where fewer are wanted', () => {
    const policy: Scene['policy'] = { adjustment: 'percent', steps: [{ from: 0, by: 10 }] };
    expect(out(75, { policy }).to).toBe(5);
    expect(out(75, { policy, live: { desired: 0 } }).to).toBe(3);
  });
});

describe('removing', () => {
  const last = { lastOut: change(3, 4, 1_000) };
  test('says from where to where, and how much', () => {
    const proposal = removal(10);
    expect(proposal).toMatchObject({ direction: 'in', to: 2, magnitude: 2 });
    expect(proposal.reason.text).toBe('quiet is in ALARM: from 4 to 2 tasks.');
  });

  test.each<[string, Scene, string, number | undefined]>([
    ['below the minimum', { live: { desired: 1 } }, 'BELOW_MIN', undefined],
    ['at the minimum', { live: { desired: 2 } }, 'AT_MIN', undefined],
    ['under a failover', { seen: { leaseHolder: 'failover' } }, 'HELD_BY_FAILOVER', nowMs + 60_000],
    [
      'just after one',
      { seen: { failoverHoldUntilMs: nowMs + 1 } },
      'HELD_BY_FAILOVER',
      nowMs + 60_000,
    ],
    ['long after one', { seen: { failoverHoldUntilMs: nowMs } }, 'SCALED_IN', undefined],
    ['under a rollout', { seen: { leaseHolder: 'rollout' } }, 'HELD_BY_ROLLOUT', nowMs + 60_000],
    [
      'while the cooldown lasts',
      { seen: { state: last } },
      'COOLDOWN',
      last.lastOut.cooldownUntilMs,
    ],
    [
      'at its end',
      { seen: { state: { lastOut: { ...last.lastOut, cooldownUntilMs: nowMs } } } },
      'SCALED_IN',
      undefined,
    ],
  ])('%s: %s', (_name, scene, code, recheckAtMs) => {
    const proposal = removal(25, scene);
    expect(proposal).toMatchObject({ direction: 'in', reason: { code } });
    expect(proposal.recheckAtMs).toBe(recheckAtMs);
  });

  test.each<[string, Partial<ServiceState['deployments'][number]>, string]>([
    ['one in progress', { rolloutState: 'IN_PROGRESS' }, 'DEFERRED_DEPLOYMENT'],
    ['an older one that still runs', { status: 'ACTIVE' }, 'DEFERRED_DEPLOYMENT'],
    ['one that is gone', { status: 'INACTIVE', rolloutState: 'IN_PROGRESS' }, 'SCALED_IN'],
    ['one that is done', {}, 'SCALED_IN'],
  ])('during a deployment, %s: %s', (_name, changes, code) => {
    const deployments = [deployment, { ...deployment, ...changes }];
    expect(removal(25, { live: { deployments } }).reason.code).toBe(code);
  });

  test('never without a value, even by the only step', () => {
    const policy = { steps: [{ to: 0, by: -1 }] };
    expect(removal(undefined, { policy })).toMatchObject({
      direction: 'in',
      reason: { code: 'NO_DATA' },
    });
  });
});
