import { describe, expect, test } from '@jest/globals';
import type { Application } from '../../../core/contract/fleet.ts';
import { decideRollout } from '../../../core/rollout/decide-rollout.ts';
import type { Candidate } from '../../../core/rollout/find-candidate.ts';
import type { RolloutObserved } from '../../../core/rollout/observe-rollout.ts';
import type { RolloutEvent } from '../../../core/rollout/rollout-event.ts';
import type { Rollout, RolloutDocument, Wave } from '../../../core/rollout/rollout-state.ts';
import { wellSaid } from '../well-said.ts';
import {
  absent,
  candidate,
  deployment,
  event,
  nowMs,
  observed,
  request,
  rollout,
  running,
  service,
  timed,
  wanted,
} from './rollout-scene.ts';
import { active, standby } from './shop.ts';

interface Scene {
  readonly current?: Partial<Rollout>;
  readonly document?: Partial<RolloutDocument>;
  readonly seen?: Partial<RolloutObserved>;
  readonly event?: Partial<RolloutEvent>;
  readonly application?: Partial<Application>;
}

function decide(scene: Scene) {
  const current = rollout(scene.current);
  const decision = decideRollout(
    { ...event, application: { ...timed, ...scene.application }, ...scene.event },
    observed({ candidate: undefined, ...scene.seen }, { current, ...scene.document }),
    nowMs,
  );
  expect(decision).toMatchObject({ app: 'storefront', subject: 'rollout', reason: wellSaid });
  return decision;
}

const first: Wave = rollout().waves[0] as Wave;
const waves = (changes: Partial<Wave>, ...rest: readonly Wave[]) => ({
  waves: [{ ...first, ...changes }, ...(rest.length > 0 ? rest : rollout().waves.slice(1))],
});
const started = (agoMs: number) => ({ startedAtMs: nowMs - agoMs });
const steady = (agoMs: number) => ({ steadyAtMs: nowMs - agoMs });
const done = { doneAtMs: nowMs - 1, steadyAtMs: nowMs - 2 };
const deployed = (changes: Parameters<typeof service>[2] = {}) => ({
  services: [service(standby, wanted, changes), service(active, running)],
});
const deploying = deployed({ deployments: [{ ...deployment, rolloutState: 'IN_PROGRESS' }] });
const told = { id: 'rollout-1', digest: wanted, tag: '1.1.0', regions: [standby, active] };

describe('in a region', () => {
  test('what was not asked for yet is deployed', () => {
    const services = { web: { previousTaskDefinition: 'web:0' } };
    const decision = decide({ current: waves({ services }) });
    expect(decision).toMatchObject({
      action: 'deploy',
      region: standby,
      rollout: told,
      reason: { code: 'REGION_NEXT' },
      recheckAtMs: nowMs + 15_000,
    });
    const late = decide({ current: waves({ services, startedAtMs: nowMs - 600_000 }) });
    expect(late).toMatchObject({ action: 'roll-back', reason: { code: 'DEADLINE_PASSED' } });
    expect(late.reason.text).toContain(`could not be deployed in ${standby}`);
  });

  test.each<[string, Partial<Wave>, object, string]>([
    ['waits until it is steady', {}, deploying, 'none WAITING_FOR_STEADY'],
    ['bakes once it is', {}, deployed(), 'bake REGION_STEADY'],
    ['goes back at its deadline', started(600_000), deploying, 'roll-back DEADLINE_PASSED'],
    ['is in time just before', started(599_999), deploying, 'none WAITING_FOR_STEADY'],
    ['bakes', steady(59_999), deployed(), 'none BAKING'],
    ['is done after the bake', steady(60_000), deployed(), 'advance REGION_DONE'],
    ['waits when it became unsteady', steady(60_000), deploying, 'none UNSTEADY'],
    ['goes back when it stays so', steady(660_000), deploying, 'roll-back DEADLINE_PASSED'],
    ['is in time just before that', steady(659_999), deploying, 'none UNSTEADY'],
  ])('%s', (_name, wave, seen, expected) => {
    const { action, reason } = decide({ current: waves(wave), seen });
    expect(`${action} ${reason.code}`).toBe(expected);
    expect(reason.text).toMatch(new RegExp(`1\\.1\\.0.*${standby}`));
  });

  test('a look again is soon, and at the end of the bake at the latest', () => {
    const at = (steadyAtMs: number) =>
      decide({ current: waves({ steadyAtMs }), seen: deployed() }).recheckAtMs;
    expect(at(nowMs - 10_000)).toBe(nowMs + 15_000);
    expect(at(nowMs - 50_000)).toBe(nowMs + 10_000);
    expect(at(nowMs - 60_000)).toBe(nowMs);
    expect(decide({ seen: deploying }).recheckAtMs).toBe(nowMs + 15_000);
    expect(decide({ seen: deployed() }).recheckAtMs).toBe(nowMs + 15_000);
    const short = { rollout: { ...timed.rollout, bake: 5_000 } };
    expect(decide({ seen: deployed(), application: short }).recheckAtMs).toBe(nowMs + 5_000);
  });

  test('what ECS gave up goes back, with its reason', () => {
    const failed = { ...deployment, rolloutState: 'FAILED', rolloutReason: 'It crashed.' } as const;
    const decision = decide({ seen: deployed({ deployments: [failed] }) });
    expect(decision).toMatchObject({
      action: 'roll-back',
      reason: { code: 'DEPLOYMENT_FAILED' },
      rollout: { ...told, failure: { code: 'DEPLOYMENT_FAILED' } },
      recheckAtMs: nowMs + 15_000,
    });
    expect(decision.reason.text).toContain('It crashed.');
  });

  test('one that is gone fails the rollout', () => {
    const seen = { services: [absent(standby), service(active, running)] };
    expect(decide({ seen })).toMatchObject({
      action: 'roll-back',
      reason: { code: 'SERVICE_GONE' },
    });
  });

  test.each([
    ['at once', nowMs - 19_999, 'none'],
    ['once it is no late answer', nowMs - 20_000, 'roll-back'],
  ])('one that went back is noticed %s', (_name, movedAtMs, action) => {
    const seen = { services: [service(standby, running), service(active, running)] };
    expect(decide({ seen, current: { movedAtMs } }).action).toBe(action);
  });
});

describe('a region that gives no answer', () => {
  const seen = { services: [absent(standby, 'Rate exceeded.'), service(active, running)] };
  test('is waited for, then people are told once', () => {
    const at = (current: Partial<Rollout>) => decide({ current, seen });
    const waiting = at({ movedAtMs: nowMs - 599_999 });
    expect(waiting).toMatchObject({
      action: 'none',
      reason: { code: 'REGION_SILENT', text: `ECS in ${standby} gives no answer: Rate exceeded.` },
      recheckAtMs: nowMs + 15_000,
    });
    expect(at({ movedAtMs: nowMs - 600_000 })).toMatchObject({ action: 'halt', rollout: told });
    expect(at({ movedAtMs: nowMs - 600_000, haltedAtMs: nowMs - 1 }).action).toBe('none');
  });

  test('goes on when it answers again', () => {
    const decision = decide({ current: { haltedAtMs: 1 }, seen: deployed() });
    expect(decision).toMatchObject({ action: 'resume', recheckAtMs: nowMs, rollout: told });
    expect(decision.reason.text).toContain(standby);
    const between = decide({ current: { ...waves(done), haltedAtMs: 1 } });
    expect(between).toMatchObject({ action: 'resume', reason: { code: 'REGION_ANSWERS' } });
    expect(between.reason.text).toContain(active);
  });
});

describe('between two regions', () => {
  const between = waves(done);
  const freeze = [{ from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z', reason: 'sale' }];
  const busy = service(active, running, {
    deployments: [{ ...deployment, rolloutState: 'IN_PROGRESS' }],
  });

  test('the next one is deployed', () => {
    expect(decide({ current: between })).toMatchObject({ action: 'deploy', region: active });
  });

  test.each<[string, Scene, string]>([
    ['a freeze', { application: { freeze } }, 'FROZEN'],
    ['an image that is gone', { seen: { missingIn: [active] } }, 'IMAGE_MISSING'],
    ["somebody else's deployment", { seen: { services: [busy] } }, 'FOREIGN_DEPLOYMENT'],
    ['a silent region', { seen: { services: [absent(active, 'No.')] } }, 'REGION_SILENT'],
  ])('%s is waited for', (_name, scene, code) => {
    const decision = decide({ ...scene, current: between });
    expect(decision).toMatchObject({ action: 'none', reason: { code } });
  });

  test.each([
    ['at home, a person pushes again', active, 'push it again'],
    ['elsewhere, replication brings back', standby, 'replication repairs it'],
  ])('an image that is gone %s', (_name, home, remedy) => {
    const { reason } = decide({
      current: between,
      seen: { missingIn: [active] },
      application: { home },
    });
    expect(reason.text).toContain(remedy);
  });

  test('an image that is gone elsewhere holds nothing up', () => {
    expect(decide({ current: between, seen: { missingIn: [standby] } }).action).toBe('deploy');
  });

  test('people are told of an image that stays away', () => {
    const late = { ...between, movedAtMs: nowMs - 600_000 };
    const decision = decide({ current: late, seen: { missingIn: [active] } });
    expect(decision).toMatchObject({ action: 'halt', reason: { code: 'IMAGE_MISSING' } });
  });

  test('after the last, all is done', () => {
    const last = waves(done, { ...first, region: active, ...done });
    const decision = decide({ current: last });
    expect(decision).toMatchObject({
      action: 'complete',
      rollout: told,
      reason: { code: 'EVERY_REGION_DONE' },
    });
  });
});

describe('another image', () => {
  const other = `sha256:${'c'.repeat(64)}`;
  const newer: Candidate = { ...candidate, digest: other, tag: '1.2.0' };
  const seen = (changes: Partial<Candidate> = {}) => ({
    ...deploying,
    candidate: { ...newer, ...changes },
  });

  test('that is newer waits in the queue', () => {
    const decision = decide({ seen: seen() });
    expect(decision).toMatchObject({
      action: 'queue',
      image: { digest: other, tag: '1.2.0' },
      reason: { code: 'QUEUED' },
    });
    expect(decision.reason.text).toContain('1.2.0 takes over');
  });

  test('that an operator names waits in it too, whatever automation thinks', () => {
    const asked = { ...event, cause: 'operator', request } as const;
    const decision = decide({ seen: seen({ age: 'older' }), event: asked });
    expect(decision).toMatchObject({ action: 'queue', image: { actor: 'ada' } });
  });

  test.each<[string, Scene]>([
    ['is not everywhere', { seen: seen({ isReplicated: false }) }],
    ['is older', { seen: seen({ age: 'older' }) }],
    ['is as old', { seen: seen({ age: 'same' }) }],
    ['is the one on its way', { seen: seen({ digest: wanted }) }],
    ['waits already', { seen: seen(), document: { next: { digest: other, tag: '1.2.0' } } }],
    ['was asked for by somebody before', { seen: seen({ actor: 'ada' }) }],
    [
      'failed before',
      {
        seen: seen(),
        document: {
          quarantined: [{ digest: other, tag: '1.2.0', atMs: 0, reason: { code: 'X', text: 'x' } }],
        },
      },
    ],
    [
      'needs a person',
      { seen: seen(), application: { rollout: { ...timed.rollout, automatic: false } } },
    ],
  ])('does not when it %s', (_name, scene) => {
    expect(decide(scene)).toMatchObject({ action: 'none', reason: { code: 'WAITING_FOR_STEADY' } });
  });

  test('takes over once the region is steady, or between two', () => {
    const document = { next: { digest: other, tag: '1.2.0' } };
    const late = { current: waves(steady(1)), document };
    const decision = decide({ ...late, seen: deployed() });
    expect(decision).toMatchObject({ action: 'supersede', rollout: told, recheckAtMs: nowMs });
    expect(decision.reason).toMatchObject({
      code: 'NEWER_IMAGE',
      text: '1.2.0 takes over from 1.1.0.',
    });
    expect(decide({ ...late, seen: deploying }).action).toBe('none');
    expect(decide({ current: waves(done), document }).action).toBe('supersede');
  });
});
