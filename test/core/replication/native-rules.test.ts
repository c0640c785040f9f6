import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NativeRule } from '../../../core/native-replication.ts';
import {
  isSameRule,
  mergeNativeRules,
  type NativeWish,
} from '../../../core/replication/native-rules.ts';

const registryId = '123456789012';
const to = (...regions: readonly string[]) => regions.map((region) => ({ region, registryId }));
const rule = (regions: readonly string[], ...prefixes: readonly string[]): NativeRule => ({
  destinations: to(...regions),
  ...(prefixes.length > 0 && {
    filters: prefixes.map((filter) => ({ filter, type: 'PREFIX_MATCH' })),
  }),
});
const wish = (repository: string, ...regions: readonly string[]): NativeWish => ({
  repository,
  destinations: to(...regions),
});

describe('merged rules', () => {
  interface Registry {
    readonly others?: NativeRule;
    readonly ours?: NativeRule;
    /** What the registry holds, where that is not what the two say. */
    readonly current?: NativeRule;
    readonly wishes?: readonly NativeWish[];
  }
  test.each<[string, Registry, NativeRule[]]>([
    [
      'join what goes to the same regions',
      { wishes: [wish('b', 'w', 'e'), wish('a', 'e', 'w')] },
      [rule(['e', 'w'], 'a', 'b')],
    ],
    [
      'have a rule for each set of regions',
      { wishes: [wish('a', 'w'), wish('b', 'e')] },
      [rule(['w'], 'a'), rule(['e'], 'b')],
    ],
    [
      'leave rules of others as they are',
      { others: rule(['x']), wishes: [wish('a', 'w')] },
      [rule(['x']), rule(['w'], 'a')],
    ],
    [
      'add nothing that a rule of others does',
      { others: rule(['w'], 'shop/'), wishes: [wish('shop/web', 'w')] },
      [rule(['w'], 'shop/')],
    ],
    [
      'add only the regions that are missing',
      { others: rule(['w']), wishes: [wish('a', 'w', 'e')] },
      [rule(['w']), rule(['e'], 'a')],
    ],
    [
      'drop a rule of ours that nobody wants',
      { others: rule(['x']), ours: rule(['w'], 'a') },
      [rule(['x'])],
    ],
    [
      'leave a rule of ours that somebody changed',
      { ours: rule(['w'], 'a'), current: rule(['w', 'x'], 'a') },
      [rule(['w', 'x'], 'a')],
    ],
  ])('%s', (_title, { others, ours, current, wishes = [] }, rules) => {
    const standing = current === undefined ? [others, ours] : [current];
    const written = (all: readonly (NativeRule | undefined)[]) =>
      all.filter((each) => each !== undefined);
    const merged = mergeNativeRules(written(standing), written([ours]), wishes);
    expect(merged.rules).toEqual(rules);
    expect(merged.overflow).toBeUndefined();
  });

  test('split more than 100 repositories over two rules', () => {
    const wishes = Array.from({ length: 101 }, (_, index) => wish(`r${index}`, 'w'));
    expect(mergeNativeRules([], [], wishes).rules.map(({ filters }) => filters?.length)).toEqual([
      100, 1,
    ]);
  });

  test('are refused when there are more than ten, or more than 25 destinations', () => {
    const ten = Array.from({ length: 10 }, (_, index) => rule([`x${index}`], 'other'));
    expect(mergeNativeRules(ten, [], [wish('a', 'w')]).overflow).toBe('11 rules, and ECR takes 10');
    const far = Array.from({ length: 26 }, (_, index) => `x${index}`);
    expect(mergeNativeRules([], [], [wish('a', ...far)]).overflow).toBe(
      '26 destinations, and ECR takes 25',
    );
  });
});

describe('whatever stands in the registry', () => {
  const region = fc.constantFrom('w', 'e', 'x');
  const name = fc.constantFrom('shop/web', 'shop/web-admin', 'shop/api', 'base', 'shop/');
  const regions = fc.uniqueArray(region, { minLength: 1 });
  const anyRule = fc
    .tuple(regions, fc.uniqueArray(name, { maxLength: 3 }))
    .map(([places, prefixes]) => rule(places, ...prefixes));
  const wishes = fc.uniqueArray(
    fc.tuple(name, regions).map(([repository, places]) => wish(repository, ...places)),
    { selector: ({ repository }) => repository, maxLength: 5 },
  );
  const rules = fc.array(anyRule, { maxLength: 5 });
  const carries = (all: readonly NativeRule[], repository: string, place: string): boolean =>
    all.some(
      ({ destinations, filters }) =>
        destinations.some((each) => each.region === place) &&
        (filters?.some(({ filter }) => repository.startsWith(filter)) ?? true),
    );
  const has = (all: readonly NativeRule[], one: NativeRule) =>
    all.some((other) => isSameRule(one, other));
  const inOneOrder = (all: readonly NativeRule[]) => all.map((each) => JSON.stringify(each)).sort();
  /** Rules of which Farshore wrote some. */
  const registry = fc.record({ foreign: rules, ours: rules }).map(({ foreign, ours }) => ({
    ours,
    foreign: foreign.filter((each) => !has(ours, each)),
  }));

  test('a second merge changes nothing', () => {
    fc.assert(
      fc.property(registry, wishes, ({ foreign, ours }, wanted) => {
        const once = mergeNativeRules([...foreign, ...ours], ours, wanted);
        const twice = mergeNativeRules(once.rules, once.ours, wanted);
        expect(twice).toEqual({ ...once, isChanged: false });
      }),
    );
  });

  test('every rule of others stays, in its place and word for word', () => {
    fc.assert(
      fc.property(registry, wishes, ({ foreign, ours }, wanted) => {
        const merged = mergeNativeRules([...foreign, ...ours], ours, wanted);
        expect(merged.rules.slice(0, foreign.length)).toEqual(foreign);
      }),
    );
  });

  test('every wish is carried, by our rules or by those of others', () => {
    fc.assert(
      fc.property(registry, wishes, ({ foreign, ours }, wanted) => {
        const merged = mergeNativeRules([...foreign, ...ours], ours, wanted);
        for (const { repository, destinations } of wanted) {
          for (const place of destinations) {
            expect(carries(merged.rules, repository, place.region)).toBe(true);
          }
        }
      }),
    );
  });

  test('an application that goes takes its own rules along and nothing else', () => {
    fc.assert(
      fc.property(registry, wishes, ({ foreign }, wanted) => {
        const before = mergeNativeRules(foreign, [], wanted);
        const gone = mergeNativeRules(before.rules, before.ours, wanted.slice(1));
        const never = mergeNativeRules(foreign, [], wanted.slice(1));
        expect(inOneOrder(gone.rules)).toEqual(inOneOrder(never.rules));
        expect(mergeNativeRules(gone.rules, gone.ours, []).rules).toEqual(foreign);
      }),
    );
  });

  test('the order of rules, regions and filters in an answer of ECR does not matter', () => {
    fc.assert(
      fc.property(registry, wishes, ({ foreign, ours }, wanted) => {
        const { rules: merged, ours: known } = mergeNativeRules(foreign, ours, wanted);
        const turned = merged.toReversed().map(({ destinations, filters }) => ({
          destinations: destinations.toReversed(),
          ...(filters !== undefined && { filters: filters.toReversed() }),
        }));
        expect(mergeNativeRules(turned, known, wanted).isChanged).toBe(false);
      }),
    );
  });
});
