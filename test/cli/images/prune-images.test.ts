import { expect, test } from '@jest/globals';
import { type PruneOptions, pruneImages } from '../../../cli/images/prune-images.ts';
import { hourMs, Prunable, west } from '../../core/deletion/prunable.ts';
import { fleetOfTest } from '../../core/fleet-of-test.ts';
import { outputOf, targetOf } from './shop-target.ts';

/** Runs the command on a shop. */
const prune = (shop: Prunable, options: Partial<PruneOptions> = {}) =>
  outputOf((output) => {
    const all = { confirm: undefined, isDryRun: false, ...options };
    return pruneImages(targetOf(shop), 'storefront', all, output);
  });

async function withTwoGone() {
  const shop = new Prunable({ grace: '1h' });
  const [one = '', two = ''] = await shop.carry('1.0.0', '1.1.0', '2.0.0');
  shop.deleteAtHome(one);
  await shop.look();
  shop.cloud.advance(hourMs / 2);
  shop.deleteAtHome(two);
  await shop.look();
  return { shop, one, two };
}

test('says that deletion is off, and how to change that', async () => {
  const shop = new Prunable();
  shop.fleet = fleetOfTest();
  const { ended } = await prune(shop);
  expect(ended).toMatchObject({ exitCode: 2, message: expect.stringMatching(/deletion is off/) });
});

test('shows what is due, what waits and until when, and changes nothing', async () => {
  const { shop, one, two } = await withTwoGone();
  shop.cloud.advance(hourMs / 2);
  const effects = shop.cloud.effects.length;
  const { written } = await prune(shop, { isDryRun: true });
  expect(written).toMatchObject([
    { kind: 'gone', digest: one, tags: ['1.0.0'], regions: [{ region: west, is: 'due' }] },
    {
      ...{ kind: 'gone', digest: two, dueAt: '2026-11-20T11:30:00.000Z' },
      regions: [{ region: west, is: 'waits' }],
    },
    { kind: 'plan', gone: 2, due: 1, deletable: 1 },
  ]);
  expect(shop.cloud.effects).toHaveLength(effects);
});

test('asks for a run only with the name of the application', async () => {
  const { shop } = await withTwoGone();
  shop.cloud.advance(hourMs);
  expect((await prune(shop)).ended).toMatchObject({
    exitCode: 2,
    message: 'This deletes images: add --confirm storefront.',
  });
  expect((await prune(shop, { confirm: 'orders' })).ended).toMatchObject({ exitCode: 2 });
  expect(shop.cloud.published.filter(({ detailType }) => /Request/.test(detailType))).toEqual([]);
  const { written, ended } = await prune(shop, { confirm: 'storefront' });
  expect(ended).toBeUndefined();
  expect(written.at(-1)).toMatchObject({ kind: 'requested', deletable: 2, maxPerRun: 20 });
  expect(shop.cloud.published.at(-1)?.detail).toMatchObject({
    ...{ loop: 'replication', app: 'storefront', actor: 'sam@desk' },
    request: { kind: 'prune' },
  });
});

test('shows what keeps an image, and ends with 5 when that is all', async () => {
  const { shop, one, two } = await withTwoGone();
  shop.cloud.advance(hourMs);
  const uses = [one, two].map((digest) => ({
    image: `r.example/shop/storefront@${digest}`,
    by: 'The service shop/any',
  }));
  shop.cloud.imageUse.used.set(west, uses);
  const { ended, written } = await prune(shop, { confirm: 'storefront' });
  expect(written[0]).toMatchObject({
    regions: [{ is: 'kept', reason: { code: 'IN_USE' } }],
  });
  expect(ended).toMatchObject({ exitCode: 5 });
});

test.each(['a silent home', 'a rollout under way'])('ends with 5 for %s', async (what) => {
  const { shop } = await withTwoGone();
  shop.cloud.advance(hourMs);
  if (what === 'a silent home') shop.library.home.failure = new Error('no answer');
  else {
    const current = { digest: 'sha256:new', tag: '2.0.0', state: 'BAKING', waves: [] };
    await shop.writeRollout({ current: { ...current, supersedes: [] } as never });
  }
  expect((await prune(shop, { confirm: 'storefront' })).ended).toMatchObject({ exitCode: 5 });
});
