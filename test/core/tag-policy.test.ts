import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TagPolicy } from '../../core/contract/fleet-image.ts';
import type { TaggedImage } from '../../core/ports.ts';
import { newestTag, tagOrder } from '../../core/tag-policy.ts';

const semver = (range: string, prerelease = false): TagPolicy => ({ semver: range, prerelease });
const regex = (
  pattern: string,
  order: 'newest' | 'numerical' | 'alphabetical' = 'newest',
): TagPolicy => ({ regex: pattern, order });

/** Tags in the order they were pushed. */
function pushed(...tags: readonly string[]): readonly TaggedImage[] {
  return tags.map((tag, at) => ({ tag, digest: `sha256:${at}`, pushedAtMs: at }));
}

describe('which tags match', () => {
  // The first rows are keel's own table (keel-hq/keel internal/policy/semver_test.go).
  test.each<[TagPolicy, string, boolean]>([
    [semver('~1.4.5'), '1.4.6', true],
    [semver('~1.4.5'), '2.4.6', false],
    [semver('^1.4.5'), '1.5.5', true],
    [semver('^1.4.5'), '1.4.5-xx', false],
    [semver('>=1.0.0'), '3050', false],
    [semver('>=1.0.0'), 'latest', false],
    [semver('>=1.0.0'), 'pr-12', false],
    [semver('>=1.0.0'), '1.2', false],
    [semver('>=1.0.0'), 'v1.2.3', true],
    [semver('>=1.0.0'), '1.0.0-rc.1', false],
    [semver('>=1.0.0-rc.1'), '1.0.0-rc.2', true],
    [semver('>=1.0.0', true), '1.1.0-rc.1', true],
    [semver('^1.4', true), '2.0.0-rc.1', false],
    [{ glob: 'release-*' }, 'release-7', true],
    [{ glob: 'release-*' }, 'prerelease-7', false],
    [{ glob: 'v1.?' }, 'v1.2', true],
    [{ glob: 'v1.?' }, 'v1x2', false],
    [regex('main-[0-9a-f]{7}-(\\d+)'), 'main-0a1b2c3-17', true],
    [regex('main-[0-9a-f]{7}-(\\d+)'), 'xmain-0a1b2c3-17', false],
    [regex('a|b'), 'ab', false],
    [regex('build-(.*)', 'numerical'), 'build-x', false],
    [regex('build-(.*)', 'numerical'), 'build-7x', false],
    [regex('build-(.*)', 'numerical'), 'build-x7', false],
    [regex('build-(.*)', 'numerical'), 'other-7', false],
    [{ glob: '*' }, `sha256-${'0'.repeat(64)}.sig`, true],
  ])('%j and %s: %s', (policy, tag, expected) => {
    expect(tagOrder(policy).matches(tag)).toBe(expected);
  });

  test('rejects a range that is none, with what to write', () => {
    expect(() => tagOrder(semver('newest please'))).toThrow(/no semver range; write one/);
  });
});

describe('which of two tags is newer', () => {
  test.each<[string, TagPolicy, string, string]>([
    ['by version', semver('*'), '1.9.0', '1.10.0'],
    ['by number', regex('b-(\\d+)', 'numerical'), 'b-9', 'b-10'],
    ['by number, without a group', regex('\\d+', 'numerical'), '9', '10'],
    ['by text', regex('(\\w+)-.*', 'alphabetical'), 'a-2', 'b-1'],
  ])('%s, whichever was pushed later', (_title, policy, older, newer) => {
    const order = tagOrder(policy);
    const [first, second] = pushed(newer, older) as [TaggedImage, TaggedImage];
    expect(order.compare(first, second)).toBeGreaterThan(0);
    expect(order.compare(second, first)).toBeLessThan(0);
  });

  test.each<[string, TagPolicy, string, string]>([
    ['equal versions', semver('*'), 'v1.0.0', '1.0.0'],
    ['equal numbers', regex('b-(\\d+)', 'numerical'), 'b-07', 'b-7'],
    ['equal texts', regex('(\\w+)-.*', 'alphabetical'), 'a-2', 'a-1'],
    ['matches of a pattern', regex('r-.*'), 'r-9', 'r-1'],
    ['matches of a glob', { glob: 'r-*' }, 'r-9', 'r-1'],
  ])('of %s the later push', (_title, policy, earlier, later) => {
    const order = tagOrder(policy);
    const [first, second] = pushed(earlier, later) as [TaggedImage, TaggedImage];
    expect(order.compare(second, first)).toBeGreaterThan(0);
    expect(order.compare(first, second)).toBeLessThan(0);
  });

  test('of two pushed in the same moment the one later in the alphabet, and one is its own equal', () => {
    const order = tagOrder({ glob: '*' });
    const at = (tag: string): TaggedImage => ({ tag, digest: 'sha256:0', pushedAtMs: 0 });
    expect(order.compare(at('b'), at('a'))).toBeGreaterThan(0);
    expect(order.compare(at('a'), at('b'))).toBeLessThan(0);
    expect(order.compare(at('a'), at('a'))).toBe(0);
  });
});

describe('which tag is newest', () => {
  test.each<[string, TagPolicy, readonly string[], string | undefined]>([
    ['by version, not by push', semver('>=1.0.0'), ['1.10.0', '1.9.0', '1.2.0'], '1.10.0'],
    ['by push when versions are equal', semver('>=1.0.0'), ['1.0.0', 'v1.0.0'], 'v1.0.0'],
    ['a release after its candidates', semver('*', true), ['1.0.0', '1.0.0-rc.9'], '1.0.0'],
    ['by push', { glob: 'r-*' }, ['r-9', 'r-1', 'x'], 'r-1'],
    ['by number', regex('b-(\\d+)', 'numerical'), ['b-10', 'b-9'], 'b-10'],
    [
      'by a number beyond doubles',
      regex('b-(\\d+)', 'numerical'),
      ['b-90071992547409931', 'b-90071992547409930'],
      'b-90071992547409931',
    ],
    ['by text', regex('(\\w+)-.*', 'alphabetical'), ['b-1', 'a-2'], 'b-1'],
    ['none', semver('>=9.0.0'), ['1.0.0'], undefined],
  ])('%s', (_title, policy, tags, expected) => {
    expect(newestTag(policy, pushed(...tags))?.tag).toBe(expected);
  });

  test('does not depend on the order of the listing', () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.'));
    const permuted = fc
      .uniqueArray(version, { minLength: 1 })
      .map((tags) => pushed(...tags))
      .chain((listed) =>
        fc.tuple(
          fc.constant(listed),
          fc.shuffledSubarray([...listed], { minLength: listed.length }),
        ),
      );
    fc.assert(
      fc.property(permuted, ([listed, shuffled]) => {
        expect(newestTag(semver('*'), shuffled)).toEqual(newestTag(semver('*'), listed));
      }),
    );
  });
});
