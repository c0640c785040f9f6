import semver from 'semver';
import type { TagPolicy } from './contract/fleet-image.ts';
import type { TaggedImage } from './ports.ts';

/** Which tags count, and which of two is newer. */
export interface TagOrder {
  matches(tag: string): boolean;
  /** Positive when the first is newer. Both tags match. */
  compare(a: TaggedImage, b: TaggedImage): number;
}

/** The order that a fleet's tag policy describes. */
export function tagOrder(policy: TagPolicy): TagOrder {
  if ('semver' in policy) return semverOrder(policy.semver, policy.prerelease);
  if ('glob' in policy) return pushOrder(globPattern(policy.glob));
  const pattern = new RegExp(`^(?:${policy.regex})$`);
  switch (policy.order) {
    case 'newest':
      return pushOrder(pattern);
    case 'numerical':
      return numericalOrder(pattern);
    case 'alphabetical':
      return alphabeticalOrder(pattern);
  }
}

/** Whether any of these policies names the tag. */
export function isNamedBy(policies: readonly TagPolicy[], tag: string): boolean {
  return policies.some((policy) => tagOrder(policy).matches(tag));
}

/** The matching tags, newest first. */
export function newestTags(
  policy: TagPolicy,
  images: readonly TaggedImage[],
): readonly TaggedImage[] {
  const order = tagOrder(policy);
  return images.filter(({ tag }) => order.matches(tag)).sort((a, b) => order.compare(b, a));
}

/** The newest matching tag; undefined when none matches. */
export function newestTag(
  policy: TagPolicy,
  images: readonly TaggedImage[],
): TaggedImage | undefined {
  return newestTags(policy, images)[0];
}

/**
 * Semantic versions, with or without a leading `v`. A prerelease counts when the policy says so or
 * when the range itself names one, as in npm.
 */
function semverOrder(range: string, includePrerelease: boolean): TagOrder {
  if (semver.validRange(range) === null) {
    throw new Error(`"${range}" is no semver range; write one such as ">=1.2.0 <2.0.0" or "^1.4"`);
  }
  return {
    matches: (tag) => semver.satisfies(tag, range, { includePrerelease }),
    compare: (a, b) => semver.compare(a.tag, b.tag) || byPush(a, b),
  };
}

function pushOrder(pattern: RegExp): TagOrder {
  return { matches: (tag) => pattern.test(tag), compare: byPush };
}

function numericalOrder(pattern: RegExp): TagOrder {
  return {
    matches: (tag) => isNumber(keyOf(pattern, tag)),
    compare: (a, b) => byNumber(keyOf(pattern, a.tag), keyOf(pattern, b.tag)) || byPush(a, b),
  };
}

function alphabeticalOrder(pattern: RegExp): TagOrder {
  return {
    matches: (tag) => pattern.test(tag),
    compare: (a, b) => byText(keyOf(pattern, a.tag), keyOf(pattern, b.tag)) || byPush(a, b),
  };
}

/** The first capture group, or the whole tag when the pattern has none; empty without a match. */
function keyOf(pattern: RegExp, tag: string): string {
  const [whole = '', group] = pattern.exec(tag) ?? [];
  return group ?? whole;
}

function isNumber(key: string): boolean {
  return /^\d+$/.test(key);
}

/** Build numbers and timestamps may have more digits than a double holds. */
function byNumber(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Equal push times are told apart by tag, so the order never depends on the listing's order. */
function byPush(a: TaggedImage, b: TaggedImage): number {
  return a.pushedAtMs - b.pushedAtMs || byText(a.tag, b.tag);
}

function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
