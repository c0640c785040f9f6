import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Evidence, Verdict } from '../../../core/failover/evidence.ts';
import { assessRegions } from '../../../core/failover/quorum.ts';

const nowMs = 1_000_000;
const question = {
  observers: ['P', 'S', 'O'],
  active: 'P',
  target: 'S',
  nowMs,
};

function seen(observer: string, changes: Partial<Sight> = {}): Evidence {
  const { probe = 'up', route53 = 'up', slo = 'unknown', target = 'up', ...rest } = changes;
  const sight = (verdict: Verdict) => ({
    verdict,
    rounds: 3,
    isOk: verdict === 'up',
    sinceMs: 0,
    text: '',
  });
  return {
    observer,
    atMs: rest.atMs ?? nowMs - 1_000,
    isBlind: rest.isBlind ?? false,
    blindRounds: rest.isBlind === true ? 3 : 0,
    regions: {
      P: { probe: sight(probe), route53 },
      S: { probe: sight(target), route53: 'up' },
    },
    slo,
  };
}

interface Sight {
  readonly probe: Verdict;
  readonly route53: Verdict;
  readonly slo: Verdict;
  readonly target: Verdict;
  readonly atMs: number;
  readonly isBlind: boolean;
}

const down = { probe: 'down', route53: 'down' } as const;

describe('the active region', () => {
  test.each<[string, readonly Evidence[], string]>([
    ['two regions and two kinds', [seen('S', down), seen('O', down)], 'QUORUM'],
    [
      'two regions, probe and SLO',
      [seen('S', { probe: 'down' }), seen('O', { probe: 'down', slo: 'down' })],
      'QUORUM',
    ],
    ['one region', [seen('S', down), seen('O')], 'NO_QUORUM'],
    ['one kind', [seen('S', { probe: 'down' }), seen('O', { probe: 'down' })], 'ONE_KIND_ONLY'],
    [
      'the active region itself and one more',
      [seen('P', down), seen('S', down), seen('O')],
      'NO_QUORUM',
    ],
    [
      'a blind observer',
      [seen('S', down), seen('O', { ...down, isBlind: true })],
      'OBSERVER_BLIND',
    ],
    [
      'stale evidence',
      [seen('S', down), seen('O', { ...down, atMs: nowMs - 36_000 })],
      'NO_QUORUM',
    ],
    [
      'evidence from the future',
      [seen('S', down), seen('O', { ...down, atMs: nowMs + 6_000 })],
      'NO_QUORUM',
    ],
    [
      'Route 53 alone, against the probes',
      [seen('S', { route53: 'down' }), seen('O', { route53: 'down' })],
      'HEALTHY',
    ],
    ['nothing at all', [], 'NO_EVIDENCE'],
  ])('is judged by %s', (_name, evidence, code) => {
    const found = assessRegions(evidence, question);
    expect(found.reason.code).toBe(code);
    expect(found.active).toBe(code === 'QUORUM' ? 'down' : 'not-down');
  });

  test('needs a majority of the other regions in a larger fleet', () => {
    const four = { ...question, observers: ['P', 'S', 'O', 'Q', 'R'] };
    const two = [seen('S', down), seen('O', down)];
    expect(assessRegions(two, four).active).toBe('not-down');
    expect(assessRegions([...two, seen('Q', down)], four).active).toBe('down');
  });
});

test('the target must be seen healthy by two regions, one of them outside it', () => {
  expect(assessRegions([seen('S'), seen('O')], question).target).toBe('healthy');
  expect(assessRegions([seen('S')], question).target).toBe('not-seen-healthy');
  expect(assessRegions([seen('S'), seen('O', { target: 'unknown' })], question).target).toBe(
    'not-seen-healthy',
  );
});

const verdict = fc.constantFrom<Verdict>('up', 'down', 'unknown');
const anyEvidence = fc
  .record({
    observer: fc.constantFrom('P', 'S', 'O', 'elsewhere'),
    probe: verdict,
    route53: verdict,
    slo: verdict,
    target: verdict,
    atMs: fc.integer({ min: nowMs - 60_000, max: nowMs + 10_000 }),
    isBlind: fc.boolean(),
  })
  .map(({ observer, ...changes }) => seen(observer, changes));
const oneEach = fc.uniqueArray(anyEvidence, { selector: ({ observer }) => observer });

test('I6: the order and the repetition of evidence change nothing', () => {
  fc.assert(
    fc.property(
      oneEach.chain((evidence) =>
        fc.tuple(
          fc.constant(evidence),
          fc.shuffledSubarray([...evidence, ...evidence], {
            minLength: evidence.length * 2,
          }),
        ),
      ),
      ([evidence, shuffled]) => {
        expect(assessRegions(shuffled, question)).toEqual(assessRegions(evidence, question));
      },
    ),
  );
});

test('I17: what is unknown, blind or stale never votes', () => {
  fc.assert(
    fc.property(fc.array(anyEvidence), (evidence) => {
      const { active, voters } = assessRegions(evidence, question);
      const able = evidence.filter(
        ({ observer, isBlind, atMs, regions, slo }) =>
          voters.includes(observer) &&
          !isBlind &&
          nowMs - atMs <= 35_000 &&
          [regions['P']?.probe.verdict, regions['P']?.route53, slo].includes('down'),
      );
      expect(new Set(able.map(({ observer }) => observer)).size).toBe(voters.length);
      expect(voters).not.toContain('P');
      if (active === 'down') expect(voters).toEqual(['O', 'S']);
    }),
  );
});
