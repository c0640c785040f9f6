import { describe, expect, test } from '@jest/globals';
import type { Application } from '../../../core/contract/fleet.ts';
import { decideStart, freezeAt } from '../../../core/rollout/decide-start.ts';
import type { Candidate } from '../../../core/rollout/find-candidate.ts';
import type { RolloutObserved } from '../../../core/rollout/observe-rollout.ts';
import type { RolloutDocument } from '../../../core/rollout/rollout-state.ts';
import { wellSaid } from '../well-said.ts';
import {
  absent,
  application,
  candidate,
  deployment,
  event,
  nowMs,
  observed,
  request,
  running,
  service,
  wanted,
} from './rollout-scene.ts';
import { active, standby } from './shop.ts';

interface Scene {
  readonly application?: Partial<Application>;
  readonly candidate?: Partial<Candidate>;
  readonly seen?: Partial<RolloutObserved>;
  readonly document?: Partial<RolloutDocument>;
}

function decide(scene: Scene) {
  const found = { ...candidate, ...scene.candidate };
  const decision = decideStart(
    { ...event, application: { ...application, ...scene.application } },
    observed({ candidate: found, ...scene.seen }, scene.document),
    nowMs,
  );
  expect(decision).toMatchObject({ app: 'storefront', subject: 'rollout', reason: wellSaid });
  return decision;
}

const automatic = (isOn: boolean): Partial<Application> => ({
  rollout: { ...application.rollout, automatic: isOn },
});
const freeze = (fromMs: number, toMs: number) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
  reason: 'the sale',
});
const asked: Partial<Candidate> = { actor: 'ada' };
const quarantined = {
  quarantined: [
    { digest: wanted, tag: '1.1.0', atMs: 0, reason: { code: 'X', text: 'It crashed.' } },
  ],
};
const completed = { completed: { digest: wanted, tag: '1.1.0', atMs: 0 } };
const both = (changes: Parameters<typeof service>[2], digest = running) => ({
  services: [service(active, digest), service(standby, digest, changes)],
});

describe('starts', () => {
  test('a newer image that is everywhere, the serving region last', () => {
    const decision = decide({});
    expect(decision).toMatchObject({
      action: 'start',
      reason: { code: 'NEWER_IMAGE' },
      image: { digest: wanted, tag: '1.1.0' },
      regions: [standby, active],
      recheckAtMs: nowMs,
    });
    expect(decision.reason.text).toContain('1.1.0 is newer than 1.0.0');
    expect(decision).not.toHaveProperty('requestId');
    const { digest, tag, isReplicated, age } = candidate;
    const first = { digest, tag, isReplicated, age };
    const unknown = decideStart(event, observed({ candidate: first }), nowMs);
    expect(unknown.reason.text).toContain('newer than what runs');
  });

  test('in the order of the standbys from the furthest, whichever region serves', () => {
    const regions = [active, standby, 'eu-west-1'];
    const serving = (region: string) => ({ active: region, epoch: 1, phase: 'steady' as const });
    const orderAt = (region: string) =>
      decide({ application: { regions }, seen: { serving: serving(region) } });
    expect(orderAt(standby)).toMatchObject({ regions: ['eu-west-1', active, standby] });
    expect(orderAt('elsewhere')).toMatchObject({ regions: ['eu-west-1', standby, active] });
  });

  test('for a person what automation leaves alone', () => {
    const cases: readonly Scene[] = [
      { application: automatic(false) },
      { document: quarantined },
      { candidate: { age: 'older' } },
      { document: completed },
    ];
    for (const scene of cases) {
      const by = { ...scene, candidate: { ...scene.candidate, ...asked } };
      expect(decide(by)).toMatchObject({ action: 'start', reason: { code: 'OPERATOR_STARTED' } });
      expect(decide(by).reason.text).toContain('ada asked to roll out 1.1.0 of storefront');
    }
  });

  test('with the request that asked for it', () => {
    const from = { ...event, request, cause: 'operator' as const };
    const decision = decideStart(from, observed({ candidate: { ...candidate, ...asked } }), nowMs);
    expect(decision).toMatchObject({ action: 'start', requestId: 'r-1' });
  });
});

describe('does not start', () => {
  test.each<[string, Scene, string, RegExp]>([
    [
      'what runs everywhere',
      { seen: both({}, wanted) },
      'ALREADY_DEPLOYED',
      /Every region runs 1\.1\.0/,
    ],
    [
      'what somebody replaced since',
      { document: completed, seen: both({ image: `x@${wanted}` }) },
      'DRIFTED',
      new RegExp(`${active}/web runs something else`),
    ],
    [
      'while a person has to',
      { application: automatic(false) },
      'NOT_AUTOMATIC',
      /storefront is not/,
    ],
    ['what was rolled back before', { document: quarantined }, 'QUARANTINED', /It crashed\./],
    ['what is older', { candidate: { age: 'older' } }, 'NOT_NEWER', /than 1\.0\.0/],
    [
      'before it is everywhere',
      { candidate: { isReplicated: false } },
      'NOT_REPLICATED',
      /1\.1\.0/,
    ],
    ['where it is gone', { seen: { missingIn: ['a', 'b'] } }, 'IMAGE_MISSING', /in a, b\./],
    ['in a freeze', { application: { freeze: [freeze(nowMs, nowMs + 1)] } }, 'FROZEN', /the sale/],
    [
      'while a region is silent',
      { seen: { services: [service(active, running), absent(standby, 'Rate exceeded.')] } },
      'REGION_SILENT',
      new RegExp(`${standby} gives no answer: Rate exceeded`),
    ],
    [
      "during somebody else's deployment",
      { seen: both({ deployments: [{ ...deployment, rolloutState: 'IN_PROGRESS' }] }) },
      'FOREIGN_DEPLOYMENT',
      new RegExp(`${standby}/web`),
    ],
  ])('%s', (_name, scene, code, text) => {
    const decision = decide(scene);
    expect(decision).toMatchObject({ action: 'none', reason: { code } });
    expect(decision.reason.text).toMatch(text);
    expect(decision).not.toHaveProperty('recheckAtMs');
  });

  test('what is not there, and says where it looked', () => {
    const none = observed({ candidate: undefined });
    const home = decideStart(event, none, nowMs);
    expect(home).toMatchObject({ action: 'none', reason: { code: 'NO_CANDIDATE' } });
    expect(home.reason.text).toContain(`${application.home} matches the policy`);
    const named = decideStart({ ...event, request }, none, nowMs);
    expect(named.reason.text).toContain('asked for');
    expect(named.reason).toEqual(wellSaid);
  });

  test('a service that is missing everywhere counts as running something else', () => {
    const services = [service(active, wanted), absent(standby)];
    expect(decide({ seen: { services } }).reason.code).toBe('SERVICE_MISSING');
  });
});

describe('is blocked by what only a person can change', () => {
  test.each<[string, Parameters<typeof service>[2], string, RegExp]>([
    ['a service that drains', { status: 'DRAINING' }, 'SERVICE_MISSING', /no active service/],
    ['another controller', { controller: 'CODE_DEPLOY' }, 'CONTROLLER_UNSUPPORTED', /CODE_DEPLOY/],
    ['no task', { desired: 0 }, 'NO_TASKS', /runs no task/],
  ])('%s, told once', (_name, changes, code, text) => {
    const seen = both(changes);
    const decision = decide({ seen });
    const image = { digest: wanted, tag: '1.1.0' };
    expect(decision).toMatchObject({ action: 'block', image, reason: { code } });
    expect(decision.reason.text).toMatch(text);
    expect(decision.reason.text).toContain(`${standby}/web`);
    const told = { blocked: { digest: wanted, code } };
    expect(decide({ seen, document: told })).toMatchObject({ action: 'none', reason: { code } });
    for (const other of [
      { digest: running, code },
      { digest: wanted, code: 'OTHER' },
    ]) {
      expect(decide({ seen, document: { blocked: other } }).action).toBe('block');
    }
  });
});

test('a freeze covers its first moment and not its last', () => {
  const windows = [freeze(0, 1), freeze(nowMs - 10, nowMs + 10)];
  expect(freezeAt(windows, nowMs - 11)).toBeUndefined();
  expect(freezeAt(windows, nowMs - 10)?.code).toBe('FROZEN');
  expect(freezeAt(windows, nowMs + 9)?.text).toContain(`until ${windows[1]?.to ?? ''}`);
  expect(freezeAt(windows, nowMs + 10)).toBeUndefined();
});
