import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Evidence, Verdict } from '../../../core/failover/evidence.ts';
import { assessRegions } from '../../../core/failover/quorum.ts';
import { wellSaid } from '../well-said.ts';

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

  test.each<[string, Partial<Sight>, boolean]>([
    ['35 s old', { atMs: nowMs - 35_000 }, true],
    ['older', { atMs: nowMs - 35_001 }, false],
    ['5 s ahead, as clocks may be', { atMs: nowMs + 5_000 }, true],
    ['further ahead', { atMs: nowMs + 5_001 }, false],
  ])('evidence that is %s counts or not', (_age, age, counts) => {
    const { active } = assessRegions([seen('S', down), seen('O', { ...down, ...age })], question);
    expect(active).toBe(counts ? 'down' : 'not-down');
  });

  test('the newest word of an observer counts', () => {
    const before = seen('O', { ...down, atMs: nowMs - 9_000 });
    for (const evidence of [
      [seen('S', down), before, seen('O')],
      [seen('S', down), seen('O'), before],
    ]) {
      expect(assessRegions(evidence, question).voters).toEqual(['S']);
    }
  });

  test('an observer whose own probe is answered has no vote, whatever else it hears', () => {
    const heard = { route53: 'down', slo: 'down' } as const;
    const evidence = [seen('S', down), seen('O', heard)];
    expect(assessRegions(evidence, question)).toMatchObject({
      active: 'not-down',
      voters: ['S'],
      reason: { code: 'NO_QUORUM' },
    });
  });

  test('an observer that knows nothing of it has no vote', () => {
    const strange = { ...seen('O', down), regions: {} };
    expect(assessRegions([seen('S', down), strange], question).voters).toEqual(['S']);
  });

  test('blindness is told after three rounds, while it is fresh', () => {
    const blind = { ...seen('O', { isBlind: true }), blindRounds: 3 };
    const codeOf = (changes: Partial<Evidence>) =>
      assessRegions([{ ...blind, ...changes }], question).reason.code;
    expect(codeOf({})).toBe('OBSERVER_BLIND');
    expect(codeOf({ blindRounds: 2 })).toBe('NO_EVIDENCE');
    expect(codeOf({ atMs: nowMs - 35_001 })).toBe('NO_EVIDENCE');
    expect(codeOf({ isBlind: false })).toBe('HEALTHY');
  });

  test.each<[string, readonly Evidence[], readonly string[]]>([
    [
      'QUORUM',
      [seen('S', down), seen('O', { ...down, slo: 'down' })],
      ['O and S', 'probe and route53 and slo'],
    ],
    [
      'ONE_KIND_ONLY',
      [seen('S', { probe: 'down' }), seen('O', { probe: 'down' })],
      ['O and S', 'only by probe'],
    ],
    ['NO_QUORUM', [seen('S', down)], ['Only S', '2 regions']],
    ['OBSERVER_BLIND', [seen('S', { isBlind: true }), seen('O', { isBlind: true })], ['O and S']],
    ['NO_EVIDENCE', [], ['P']],
    ['HEALTHY', [seen('S'), seen('O')], ['P']],
  ])('%s is said with names', (code, evidence, words) => {
    const { reason } = assessRegions(evidence, question);
    expect(reason).toEqual(wellSaid);
    expect(reason.code).toBe(code);
    for (const word of words) expect(reason.text).toContain(word);
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
  expect(assessRegions([seen('O')], question).target).toBe('not-seen-healthy');
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
