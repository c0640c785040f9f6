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
    [{ glob: '*' }, `sha256-${'0'.repeat(64)}.sig`, true],
  ])('%j and %s: %s', (policy, tag, expected) => {
    expect(tagOrder(policy).matches(tag)).toBe(expected);
  });

  test('rejects a range that is none, with what to write', () => {
    expect(() => tagOrder(semver('newest please'))).toThrow(/no semver range; write one/);
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
