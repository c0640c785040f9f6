import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HeldImage } from '../../../core/repositories.ts';
import { findDrift } from '../../../core/replication/find-drift.ts';

const hex = (text: string) => text.padEnd(64, '0');
const digest = (text: string) => `sha256:${hex(text)}`;
const held = (name: string, tags: readonly string[] = [], subject?: string): HeldImage => ({
  digest: digest(name),
  tags,
  pushedAtMs: 0,
  ...(subject === undefined ? {} : { subject: digest(subject) }),
});
const selectedIn = (home: readonly HeldImage[]) =>
  home.flatMap(({ tags, ...rest }) =>
    tags.filter((tag) => tag.startsWith('v')).map((tag) => ({ ...rest, tag })),
  );
const find = (home: readonly HeldImage[], west: readonly HeldImage[]) =>
  findDrift(selectedIn(home), home, [{ region: 'west', held: west }]).map(
    ({ tag, digest: of }) => tag ?? of,
  );

describe('compared with home', () => {
  const app = held('a', ['v1']);
  const signature = held('b', [], 'a');
  const cosign = held('c', [`sha256-${hex('a')}.sig`]);
  test.each<[string, readonly HeldImage[], readonly HeldImage[], readonly string[]]>([
    ['an equal region has no drift', [app, signature, cosign], [app, signature, cosign], []],
    ['an empty region lacks each selected tag', [app, held('d', ['v2'])], [], ['v1', 'v2']],
    ['a moved tag is drift', [held('d', ['v1'])], [app], ['v1']],
    ['a tag outside the policy is none', [held('d', ['x1'])], [], []],
    ['what only the region has is none', [app], [app, held('d', ['v9'])], []],
    ['a lost referrer is found by its image', [app, signature], [app], ['v1']],
    ['a lost companion is found by its image', [app, cosign], [app], ['v1']],
    [
      'a lost referrer of a referrer too',
      [app, signature, held('e', [], 'b')],
      [app, signature],
      ['v1'],
    ],
    [
      'a referrer of a child comes by itself',
      [held('d'), held('e', [], 'd')],
      [held('d')],
      [digest('e')],
    ],
    ['a referrer of nothing that is there is none', [held('e', [], 'd')], [], []],
    [
      'a referrer of an image outside the policy is none',
      [held('d', ['x']), held('e', [], 'd')],
      [held('d', ['x'])],
      [],
    ],
  ])('%s', (_title, home, west, expected) => {
    expect(find(home, west)).toEqual(expected);
  });
});

test('a region that holds all of home never drifts, whatever else it holds', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const image = fc.record({
    name: names,
    tags: fc.uniqueArray(fc.constantFrom('v1', 'v2', 'x1', `sha256-${hex('a')}.sig`)),
    subject: fc.option(names, { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(image, { selector: ({ name }) => name }), (images) => {
      const taken = new Set<string>();
      const home = images.map(({ name, tags, subject }) => {
        const own = tags.filter((tag) => !taken.has(tag));
        for (const tag of own) taken.add(tag);
        return held(name, own, subject);
      });
      expect(find(home, [...home, held('f', ['y'])])).toEqual([]);
    }),
  );
});
