import { expect, test } from '@jest/globals';
import type { Fleet } from '../../../core/contract/fleet.ts';
import { parseReplicationEvents } from '../../../core/replication/replication-event.ts';
import type { FakeCloud } from '../fake-ports.ts';
import { fleetOfTest } from '../fleet-of-test.ts';
import { attach, home, Library, pushOf, pushRich } from './library.ts';

const west = 'us-west-2';
const mirror = 'mirror/shop/storefront';

/** Every name that registries and listings were asked by, as `region name`. */
function namesAsked(cloud: FakeCloud): ReadonlySet<string> {
  const asked = new Set<string>();
  const { images } = cloud;
  const [registry, list] = [images.in.bind(images), images.list.bind(images)];
  images.in = (region) =>
    new Proxy(registry(region), {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return (...given: readonly unknown[]): unknown => {
          if (given.length > 0) asked.add(`${region} ${String(given[0])}`);
          return Reflect.apply(member, target, given);
        };
      },
    });
  images.list = (region, ...names: readonly string[]) => {
    for (const name of names) asked.add(`${region} ${name}`);
    return list(region);
  };
  return asked;
}

test('a mapped region knows the image by its own name, the others by that of the home', async () => {
  const library = new Library({ replication: { repositoryIn: { [west]: mirror } } });
  const { root, signature, cosign } = pushRich(library.home, '1.0.0');
  library.target.isMissing = true;
  const asked = namesAsked(library.cloud);
  expect(await library.wake(pushOf(root.digest, '1.0.0'))).toEqual(['copy IMAGE_MISSING']);
  expect(await library.wake()).toEqual(['none ALREADY_REPLICATED']);
  expect([...asked].sort()).toEqual([
    'eu-west-1 shop/storefront',
    `${home} shop/storefront`,
    `${west} ${mirror}`,
  ]);
  for (const { digest } of [root, signature, cosign]) {
    expect(library.target.manifests.has(digest)).toBe(true);
  }
  expect(library.cloud.effects).toContain(`create ${west} ${mirror}`);
  const arrivals = library.cloud.published.filter(({ detailType }) => {
    return detailType === 'Image Arrived';
  });
  const told = arrivals.map(({ detail }) => detail as { region: string; repository: string });
  expect(new Map(told.map(({ region, repository }) => [region, repository]))).toEqual(
    new Map([
      [west, mirror],
      ['eu-west-1', 'shop/storefront'],
    ]),
  );
});

test('what is attached to a child of an index is looked for under the mapped name', async () => {
  const library = new Library({ replication: { repositoryIn: { [west]: mirror } } });
  const { root, children } = pushRich(library.home, '1.0.0');
  const [child] = children;
  if (child === undefined) throw new Error('an index has children');
  await library.wake(pushOf(root.digest, '1.0.0'));
  const late = attach(library.home, child, 'provenance of one platform');
  const asked = namesAsked(library.cloud);
  await library.wake(pushOf(late.digest));
  expect(library.target.manifests.has(late.digest)).toBe(true);
  expect([...asked]).not.toContain(`${west} shop/storefront`);
});

/** Two homes of one repository, each with a name for it in the region of the other. */
function twoWay(east: object, back: object): Fleet {
  const at = (home: string, repositoryIn: object) =>
    fleetOfTest({ home, replication: { repositoryIn } }).applications['storefront'];
  const applications = { east: at(home, east), west: at(west, back) };
  return { ...fleetOfTest(), applications } as Fleet;
}

test.each([
  ['under the same name', {}, {}, 1],
  ['under another name there', { [west]: mirror }, {}, 0],
  ['under another name here', {}, { [home]: mirror }, 0],
])('what came from a home is not sent back to it %s', (_title, east, back, siblings) => {
  const events = parseReplicationEvents(twoWay(east, back), home, pushOf('sha256:1', '1.0.0'));
  expect(events.map((event) => event.siblings?.length)).toEqual([siblings]);
});
