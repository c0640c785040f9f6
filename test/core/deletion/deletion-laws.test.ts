import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decideDeletion,
  type DeletionDecision,
  verdictsOf,
} from '../../../core/deletion/decide-deletion.ts';
import { type DeletionDocument, keyOfTombstone } from '../../../core/deletion/deletion-document.ts';
import type { DeletionEvent } from '../../../core/deletion/deletion-event.ts';
import { findGone, HomeIndex } from '../../../core/deletion/find-gone.ts';
import type { RegionSight } from '../../../core/deletion/judge-deletion.ts';
import { markTombstones } from '../../../core/deletion/mark-tombstones.ts';
import type { DeletionObserved } from '../../../core/deletion/observe-deletion.ts';
import type { HeldImage } from '../../../core/repositories.ts';
import { fleetOfTest } from '../fleet-of-test.ts';

const home = 'us-east-1';
const graceMs = 3_600_000;
const nowMs = 100 * graceMs;
const regions = ['us-west-2', 'eu-west-1'];
const letters = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const uriOf = (letter: string) => `r.example/shop/storefront@${digestOf(letter)}`;

const letter = fc.constantFrom(...letters);
const some = fc.uniqueArray(letter);
const held = (all: readonly string[]): HeldImage[] =>
  all.map((each) => ({ digest: digestOf(each), tags: [`t-${each}`], pushedAtMs: 0 }));

/** A world in which some images are at home, some elsewhere, and some of those are in use. */
const world = fc.record({
  atHome: some,
  homeState: fc.oneof(
    { arbitrary: fc.constant('listed'), weight: 9 },
    { arbitrary: fc.constantFrom('silent', 'missing', 'empty'), weight: 1 },
  ),
  there: fc.tuple(some, some),
  silent: fc.constantFrom(undefined, ...regions),
  ecsSilent: fc.constantFrom(undefined, ...regions),
  used: some,
  needed: some,
  /** How long each image has been gone, and whether just those that are gone are buried. */
  agesMs: fc.tuple(...letters.map(() => fc.integer({ min: 0, max: 4 * graceMs }))),
  isMarked: fc.boolean(),
  buried: some,
  begun: fc.option(some, { nil: undefined, freq: 1 }),
  maxPerRun: fc.integer({ min: 1, max: 3 }),
  automatic: fc.boolean(),
  isAsked: fc.boolean(),
  isBusy: fc.boolean(),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function eventOf({ automatic, maxPerRun, isAsked }: World): DeletionEvent {
  const application = fleetOfTest({ regions: [home, ...regions] }).applications['storefront'];
  if (application === undefined) throw new Error('no storefront');
  const policy = { automatic, grace: graceMs, maxPerRun };
  const request = isAsked ? { request: { id: 'r', actor: 'sam' } } : {};
  return { app: 'storefront', application, policy, ...request };
}

function observedOf(seen: World): DeletionObserved {
  const index = new HomeIndex(held(seen.atHome));
  const isListed = seen.homeState === 'listed';
  const targets = regions.map((region, place) =>
    region === seen.silent ? { region } : { region, held: held(seen.there[place] ?? []) },
  );
  const carried = letters.map((each) => ({
    digest: digestOf(each),
    tags: [`t-${each}`],
    regions,
    attachments: [],
  }));
  const listings = targets.flatMap(({ region, ...rest }) =>
    'held' in rest ? [{ region, held: rest.held }] : [],
  );
  const sights = targets.map((target): RegionSight => ({
    ...target,
    ...(target.region === seen.ecsSilent
      ? {}
      : { uses: seen.used.map((each) => ({ image: uriOf(each), by: 'The service s' })) }),
    repository: 'shop/storefront',
    needs: seen.needed.map((each) => ({ image: uriOf(each), by: 'A rollback' })),
    owned: new Map(),
  }));
  return {
    document: documentOf(seen),
    version: 1,
    home: isListed
      ? { state: 'listed', index }
      : { state: seen.homeState as 'silent' | 'missing' | 'empty', text: 'No.' },
    targets,
    gone: isListed ? findGone(index, listings, { carried, parts: [] }) : [],
    due: {
      busy: seen.isBusy ? { code: 'ROLLOUT_UNDER_WAY', text: 'A rollout.' } : undefined,
      sights,
      carried: new Map(),
      children: new Map(letters.map((each) => [digestOf(each), []])),
    },
  };
}

function documentOf({ buried, begun, isMarked, agesMs, atHome, there, silent }: World) {
  const standing = there.flatMap((all, place) => (regions[place] === silent ? [] : all));
  const gone = letters.filter((each) => standing.includes(each) && !atHome.includes(each));
  const tombstones = (isMarked ? gone : buried)
    .map((of) => ({
      digest: digestOf(of),
      tags: [`t-${of}`],
      sinceMs: nowMs - (agesMs[letters.indexOf(of)] ?? 0),
    }))
    .sort((one, other) => one.sinceMs - other.sinceMs);
  const keys = (begun ?? [])
    .map(digestOf)
    .filter((key) => tombstones.some((each) => key === each.digest && isOld(each.sinceMs)));
  const document: DeletionDocument = {
    ...{ home, lookedAtMs: nowMs, tombstones, parts: [] },
    ...(begun === undefined ? {} : { run: { startedAtMs: 0, keys, parts: [] } }),
  };
  return document;
}

const isOld = (sinceMs: number) => nowMs - sinceMs >= graceMs;

function removed(decision: DeletionDecision) {
  if (decision.action !== 'delete') return [];
  return decision.images.flatMap(({ tombstone, regions: where }) =>
    Object.keys(where).map((region) => ({ region, tombstone })),
  );
}

function law(holds: (seen: World, decision: DeletionDecision) => void) {
  fc.assert(
    fc.property(world, (seen) => {
      holds(seen, decideDeletion(eventOf(seen), observedOf(seen), nowMs));
    }),
    { numRuns: 2_000 },
  );
}

test('what runs, or what a rollback needs, is never deleted', () => {
  law(({ used, needed, ecsSilent }, decision) => {
    const kept = [...used, ...needed].map(digestOf);
    for (const { region, tombstone } of removed(decision)) {
      expect(kept).not.toContain(tombstone.digest);
      expect(region).not.toBe(ecsSilent);
    }
  });
});

test('nothing is deleted that home has, before its grace, or where it does not stand', () => {
  law(({ atHome, there, silent }, decision) => {
    for (const { region, tombstone } of removed(decision)) {
      expect(atHome.map(digestOf)).not.toContain(tombstone.digest);
      expect(isOld(tombstone.sinceMs)).toBe(true);
      expect(region).not.toBe(silent);
      const place = there[regions.indexOf(region)] ?? [];
      expect(place.map(digestOf)).toContain(tombstone.digest);
    }
  });
});

test('a home that gives no whole answer, a rollout under way and a person who is not asked stop all', () => {
  law(({ homeState, isBusy, automatic, isAsked, begun }, decision) => {
    const isAllowed = automatic || isAsked || begun !== undefined;
    if (homeState === 'listed' && !isBusy && isAllowed) return;
    expect(decision.action).not.toBe('delete');
    if (homeState !== 'listed') expect(decision.action).toBe('none');
  });
});

test('never more than the maximum in one run, longest gone first, and only what was begun', () => {
  law((seen, decision) => {
    if (decision.action !== 'delete') return;
    expect(decision.images.length).toBeLessThanOrEqual(seen.maxPerRun);
    const ages = decision.images.map(({ tombstone }) => tombstone.sinceMs);
    const observed = observedOf(seen);
    const keys = observed.document?.run?.keys;
    if (keys === undefined) {
      const passed = (observed.document?.tombstones ?? []).filter(
        (each) =>
          isOld(each.sinceMs) &&
          !decision.images.some(({ tombstone }) => tombstone.digest === each.digest) &&
          verdictsOf(observed, each).some(([, { verdict }]) => verdict === 'delete'),
      );
      expect(passed).toHaveLength(decision.left);
      const last = Math.max(...ages);
      expect(passed.every(({ sinceMs }) => sinceMs >= last)).toBe(true);
      return;
    }
    for (const { tombstone } of decision.images) expect(keys).toContain(keyOfTombstone(tombstone));
  });
});

test('a second look at the same world changes nothing that is written down', () => {
  fc.assert(
    fc.property(world, (seen) => {
      const { home: sight, gone, targets } = observedOf(seen);
      if (sight.state !== 'listed') return;
      const standing = new Set(targets.flatMap((target) => target.held ?? []).map((i) => i.digest));
      const isPartial = seen.silent !== undefined;
      const marking = { region: home, home: sight.index, gone, isPartial, standing, nowMs };
      const first = markTombstones(documentOf(seen), marking);
      const second = markTombstones(first.document, { ...marking, nowMs: nowMs + 60_000 });
      expect(second.isChanged).toBe(false);
      expect(second.document.tombstones).toEqual(first.document.tombstones);
      for (const { digest } of first.document.tombstones) {
        expect(seen.atHome.map(digestOf)).not.toContain(digest);
      }
    }),
  );
});

test('what was gone in another home is not gone in this one', () => {
  const digest = digestOf('a');
  const tombstones = [{ digest, tags: [], sinceMs: 0 }];
  const before = { home: 'eu-west-1', lookedAtMs: nowMs, tombstones, parts: [], ranAtMs: 1 };
  const marking = { region: home, home: new HomeIndex([]), isPartial: false, nowMs };
  const { document } = markTombstones(before, {
    ...marking,
    gone: [{ digest, tags: [] }],
    standing: new Set([digest]),
  });
  expect(document).toMatchObject({ home, tombstones: [{ digest, sinceMs: nowMs }] });
});
