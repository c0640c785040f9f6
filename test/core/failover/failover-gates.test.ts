import { describe, expect, test } from '@jest/globals';
import type { FailoverPolicy } from '../../../core/contract/fleet-failover.ts';
import { assess } from '../../../core/failover/failover-context.ts';
import { automaticFlips, closedGate, startGates } from '../../../core/failover/failover-gates.ts';
import type { FailoverState, MoveMode } from '../../../core/failover/failover-state.ts';
import type { ObservedTarget } from '../../../core/failover/observed-failover.ts';
import { application, nowMs, observed, ready, sees, steady } from './failover-scene.ts';
import { observer, standby } from './failover-world.ts';

const DAY_MS = 86_400_000;
const policy = application.failover as FailoverPolicy;

interface Scene {
  readonly state?: Partial<FailoverState>;
  readonly policy?: Partial<FailoverPolicy>;
  readonly target?: Partial<ObservedTarget>;
  readonly evidence?: readonly ReturnType<typeof sees>[];
}

function gatesOf(scene: Scene, mode: MoveMode) {
  const look = {
    ...observed({
      application: { ...application, failover: { ...policy, ...scene.policy } },
      state: { ...steady, ...scene.state },
      ...(scene.evidence === undefined ? {} : { evidence: scene.evidence }),
    }),
    target: { ...ready, ...scene.target },
  };
  return startGates(look, assess(look, nowMs), { mode, nowMs });
}

const closed = (scene: Scene, mode: MoveMode) => closedGate(gatesOf(scene, mode), mode);

const flip = (agoMs: number, mode: MoveMode = 'automatic') =>
  ({ atMs: nowMs - agoMs, epoch: 1, from: 'a', to: 'b', mode }) as const;
const web = {
  desired: 4,
  healthy: 4,
  image: `shop/web@sha256:${'0123'.repeat(16)}`,
  canPull: true,
};

describe('gates of automation', () => {
  const spent = Array.from({ length: policy.maxFlipsPerDay }, () => flip(1_000));
  test.each<[string, Scene, string | undefined]>([
    ['open', {}, undefined],
    ['automation is off', { policy: { automatic: false } }, 'NOT_AUTOMATIC'],
    ['somebody holds', { state: { hold: { actor: 'ada', reason: 'drill' } } }, 'HELD'],
    ['cooling down', { state: { cooldownUntilMs: nowMs + 1 } }, 'COOLDOWN'],
    ['cooled down', { state: { cooldownUntilMs: nowMs } }, undefined],
    ['all flips of the day are spent', { state: { flips: spent } }, 'FLIP_BUDGET_SPENT'],
    ['one flip is left', { state: { flips: spent.slice(1) } }, undefined],
  ])('%s', (_name, scene, code) => {
    expect(closed(scene, 'automatic')?.code).toBe(code);
    expect(closed(scene, 'planned')).toBeUndefined();
  });

  test('each says what it knows', () => {
    const hold = { actor: 'ada', reason: 'drill' };
    expect(closed({ state: { hold } }, 'automatic')?.text).toContain('ada: drill');
    const cooling = closed({ state: { cooldownUntilMs: nowMs + 60_000 } }, 'automatic');
    expect(cooling?.text).toContain('2026-03-02T12:01:00.000Z');
    const budget = closed({ state: { flips: spent } }, 'automatic');
    expect(budget?.text).toMatch(new RegExp(`^${spent.length} automatic flips`));
    expect(closed({ policy: { automatic: false } }, 'automatic')?.text).toContain('is off');
  });

  test('a flip counts for a day, and only one of automation does', () => {
    const flips = [flip(0), flip(DAY_MS - 1), flip(DAY_MS), flip(1, 'planned'), flip(1, 'forced')];
    expect(automaticFlips(flips, nowMs)).toBe(2);
  });
});

describe('gates of the target', () => {
  const unseen = [sees(standby), sees(observer, 'up', { isBlind: true })];
  test.each<[string, Scene, string | undefined, boolean]>([
    ['it is not seen healthy', { evidence: unseen }, 'TARGET_UNHEALTHY', true],
    [
      'it has no task yet and answers nobody',
      { evidence: unseen, target: { services: { web: { ...web, desired: 0, healthy: 0 } } } },
      undefined,
      true,
    ],
    [
      'a service is missing',
      { target: { services: { web: undefined } } },
      'TARGET_SERVICE_MISSING',
      false,
    ],
    [
      'an image is missing',
      { target: { services: { web: { ...web, canPull: false } } } },
      'IMAGE_PARITY_MISSING',
      true,
    ],
  ])('%s', (_name, scene, code, isSoft) => {
    expect(closed(scene, 'automatic')?.code).toBe(code);
    expect(closed(scene, 'planned')?.code).toBe(code);
    expect(closed(scene, 'forced')?.code).toBe(isSoft ? undefined : code);
  });

  test('each names the region and the service', () => {
    const missing = closed({ target: { services: { web: undefined } } }, 'planned');
    expect(missing?.text).toBe(`${standby} does not run web.`);
    const stuck = closed({ target: { services: { web: { ...web, canPull: false } } } }, 'planned');
    expect(stuck?.text).toContain('web (sha256:012301230123)');
    const named = { ...web, image: 'shop/web:1', canPull: false };
    expect(closed({ target: { services: { web: named } } }, 'planned')?.text).toContain(
      'shop/web:1',
    );
    expect(closed({ evidence: unseen }, 'planned')?.text).toContain(standby);
  });
});

describe('gates of the data', () => {
  const data = [{ alarm: 'lag' }, { invoke: 'promote' }] as unknown as FailoverPolicy['data'];
  test.each<[string, ObservedTarget['alarms'], string | undefined]>([
    ['the alarm is OK', { lag: 'OK' }, undefined],
    ['the alarm is in ALARM', { lag: 'ALARM' }, 'ALARM'],
    ['the alarm has no data', { lag: 'INSUFFICIENT_DATA' }, 'INSUFFICIENT_DATA'],
    ['there is no such alarm', {}, 'missing'],
  ])('%s', (_name, alarms, said) => {
    const scene = { policy: { data }, target: { alarms } };
    const gate = closed(scene, 'planned');
    expect(gate?.code).toBe(said === undefined ? undefined : 'DATA_NOT_READY');
    if (said !== undefined) expect(gate?.text).toContain(`lag in ${standby} is ${said}`);
    // An automatic move asks for the data in its own step; a forced one does without.
    expect(closed(scene, 'automatic')).toBeUndefined();
    expect(closed(scene, 'forced')).toBeUndefined();
  });
});
