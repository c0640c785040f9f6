import type { NativeDestination, NativeRule } from '../native-replication.ts';

/** What ECR takes in the replication configuration of one registry; no quota can be raised. */
const RULES_MAX = 10;
const DESTINATIONS_MAX = 25;
const FILTERS_MAX = 100;

/** A repository that ECR should replicate, and where to. */
export interface NativeWish {
  readonly repository: string;
  readonly destinations: readonly NativeDestination[];
}

export interface MergedRules {
  /** The whole configuration as it should be: what others wrote stands as they wrote it. */
  readonly rules: readonly NativeRule[];
  /** Those of its rules that Farshore may change and remove later. */
  readonly ours: readonly NativeRule[];
  readonly isChanged: boolean;
  /** Why ECR would refuse the configuration; undefined when it fits. */
  readonly overflow: string | undefined;
}

/**
 * Merges what Farshore wants into a registry's configuration. Rules have no name, so `ours` says
 * which ones Farshore wrote; every other one is left alone, and also used where it already does
 * what is wanted.
 */
export function mergeNativeRules(
  current: readonly NativeRule[],
  ours: readonly NativeRule[],
  wishes: readonly NativeWish[],
): MergedRules {
  const known = new Set(ours.map(nameOf));
  const foreign = current.filter((rule) => !known.has(nameOf(rule)));
  const wanted = rulesFor(wishes, foreign);
  const kept = new Set(wanted.map(nameOf));
  const standing = current.filter((rule) => !known.has(nameOf(rule)) || kept.has(nameOf(rule)));
  const there = new Set(standing.map(nameOf));
  const rules = [...standing, ...wanted.filter((rule) => !there.has(nameOf(rule)))];
  const isChanged = rules.length !== current.length || standing.length !== current.length;
  return { rules, ours: wanted, isChanged, overflow: overflowOf(rules) };
}

/** Whether two rules say the same, in whatever order. */
export function isSameRule(one: NativeRule, other: NativeRule): boolean {
  return nameOf(one) === nameOf(other);
}

/** One rule for each set of destinations: ten rules are few, a hundred filters are many. */
function rulesFor(wishes: readonly NativeWish[], foreign: readonly NativeRule[]): NativeRule[] {
  const groups = new Map<string, { destinations: NativeDestination[]; names: Set<string> }>();
  for (const { repository, destinations } of wishes) {
    const open = destinations.filter((to) => !isCarried(foreign, repository, to)).sort(byName);
    if (open.length === 0) continue;
    const key = open.map(placeOf).join();
    const group = groups.get(key) ?? { destinations: open, names: new Set<string>() };
    groups.set(key, { ...group, names: group.names.add(repository) });
  }
  return [...groups.values()].flatMap(({ destinations, names }) => {
    const all = [...names].sort();
    const parts = Math.ceil(all.length / FILTERS_MAX);
    return Array.from({ length: parts }, (_, part) => ({
      destinations,
      filters: all
        .slice(part * FILTERS_MAX, (part + 1) * FILTERS_MAX)
        .map((filter) => ({ filter, type: 'PREFIX_MATCH' })),
    }));
  });
}

function isCarried(rules: readonly NativeRule[], repository: string, to: NativeDestination) {
  return rules.some(
    ({ destinations, filters }) =>
      destinations.some((each) => placeOf(each) === placeOf(to)) &&
      (filters?.some((each) => isPrefix(each, repository)) ?? true),
  );
}

function isPrefix({ filter, type }: { filter: string; type: string }, name: string): boolean {
  return type === 'PREFIX_MATCH' && name.startsWith(filter);
}

function overflowOf(rules: readonly NativeRule[]): string | undefined {
  const places = new Set(rules.flatMap(({ destinations }) => destinations.map(placeOf)));
  if (rules.length > RULES_MAX) return `${rules.length} rules, and ECR takes ${RULES_MAX}`;
  if (places.size <= DESTINATIONS_MAX) return undefined;
  return `${places.size} destinations, and ECR takes ${DESTINATIONS_MAX}`;
}

function placeOf({ region, registryId }: NativeDestination): string {
  return `${region}/${registryId}`;
}

function byName(one: NativeDestination, other: NativeDestination): number {
  return placeOf(one) < placeOf(other) ? -1 : 1;
}

/** What a rule says, as text that does not depend on the order in which it says it. */
function nameOf({ destinations, filters }: NativeRule): string {
  const prefixes = filters?.map(({ filter, type }) => `${type} ${filter}`).sort();
  return JSON.stringify([destinations.map(placeOf).sort(), prefixes ?? 'every repository']);
}
