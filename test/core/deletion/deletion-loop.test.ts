import { describe, expect, test } from '@jest/globals';
import { journalKeys } from '../../../core/contract/journal.ts';
import { fleetOfTest } from '../fleet-of-test.ts';
import { home, pushRich, sweep } from '../replication/library.ts';
import { hourMs, Prunable, pruneOf, west } from './prunable.ts';

/** A shop with 1.0.0 and 1.1.0 everywhere, of which 1.0.0 is then deleted at home. */
async function withOneGone(...args: ConstructorParameters<typeof Prunable>) {
  const shop = new Prunable(...args);
  const [gone = '', kept = ''] = await shop.carry('1.0.0', '1.1.0');
  shop.deleteAtHome(gone);
  return { shop, gone, kept };
}

describe('an image that was deleted at home', () => {
  test('is announced, deleted elsewhere after the grace and not before, and people are told', async () => {
    const { shop, gone, kept } = await withOneGone();
    expect(await shop.look()).toBe('mark GONE_AT_HOME');
    shop.cloud.advance(hourMs - 1);
    expect(await shop.look()).toBe('none GRACE');
    expect(shop.removed).toEqual([]);
    shop.cloud.advance(1);
    expect(await shop.look()).toBe('delete GRACE_OVER');
    expect(shop.library.target.manifests.has(gone)).toBe(false);
    expect(shop.library.target.tagged.get('1.1.0')?.digest).toBe(kept);
    expect(shop.notices).toEqual(['deletion-announced', 'images-deleted']);
    expect(shop.cloud.notices[1]?.text).toContain(`1.0.0 ${gone}`);
    expect(await shop.look()).toBe('none NOTHING_GONE');
    expect((await shop.library.record(gone))?.regions).toEqual([home]);
  });

  test('stays elsewhere where the fleet file does not ask for more', async () => {
    const { shop } = await withOneGone();
    shop.fleet = fleetOfTest();
    expect(await shop.lookAfterGrace()).toBeUndefined();
    expect(shop.removed).toEqual([]);
  });

  test('stays elsewhere when it comes back in time, and is gone anew when it goes again', async () => {
    const { shop, gone } = await withOneGone();
    await shop.look();
    shop.cloud.advance(hourMs / 2);
    shop.library.home.addImage('image 1.0.0', '1.0.0');
    expect(await shop.look()).toBe('mark GONE_CHANGED');
    shop.deleteAtHome(gone);
    expect(await shop.look()).toBe('mark GONE_AT_HOME');
    shop.cloud.advance(hourMs - 1);
    expect(await shop.look()).toBe('none GRACE');
  });

  test('is carried and announced again when it is pushed again after all', async () => {
    const { shop, gone } = await withOneGone();
    await shop.lookAfterGrace();
    shop.library.home.addImage('image 1.0.0', '1.0.0');
    await shop.library.wake();
    expect(shop.library.target.tagged.get('1.0.0')?.digest).toBe(gone);
    expect(shop.library.announced).toHaveLength(3);
  });

  test('takes its platforms, signatures and SBOMs with it', async () => {
    const shop = new Prunable();
    await shop.carry('1.1.0');
    const rich = pushRich(shop.library.home, '1.0.0');
    await shop.library.wake();
    const parts = [rich.root, ...rich.children, rich.signature, rich.sbom, rich.cosign];
    for (const { digest } of parts) shop.deleteAtHome(digest);
    expect(await shop.lookAfterGrace()).toBe('delete GRACE_OVER');
    const { target } = shop.library;
    expect(parts.filter(({ digest }) => target.manifests.has(digest))).toEqual([]);
    expect(target.tagged.size).toBe(1);
    expect(await shop.look()).toBe('none NOTHING_GONE');
  });

  test('leaves parts that home still has until home deletes them too', async () => {
    const shop = new Prunable();
    await shop.carry('1.1.0');
    const { root, children } = pushRich(shop.library.home, '1.0.0');
    await shop.library.wake();
    shop.deleteAtHome(root.digest);
    await shop.lookAfterGrace();
    const { target } = shop.library;
    expect(target.manifests.has(root.digest)).toBe(false);
    expect(children.every(({ digest }) => target.manifests.has(digest))).toBe(true);
    for (const { digest } of children) shop.deleteAtHome(digest);
    expect(await shop.lookAfterGrace()).toBe('delete GRACE_OVER');
    expect(children.some(({ digest }) => target.manifests.has(digest))).toBe(false);
  });

  test('goes by tag alone while home has the image under another tag', async () => {
    const shop = new Prunable();
    const [digest = ''] = await shop.carry('1.0.0');
    shop.library.home.addImage('image 1.0.0', '1.0.1');
    await shop.library.wake();
    shop.library.home.tagged.delete('1.0.0');
    expect(await shop.lookAfterGrace()).toBe('delete GRACE_OVER');
    expect([...shop.library.target.tagged.keys()]).toEqual(['1.0.1']);
    expect(shop.library.target.manifests.has(digest)).toBe(true);
    expect(await shop.look()).toBe('none NOTHING_GONE');
  });
});

test('an image is deleted where its repository has another name', async () => {
  const shop = new Prunable();
  const { storefront } = shop.fleet.applications;
  if (storefront === undefined) throw new Error('no storefront');
  const replication = { ...storefront.replication, repositoryIn: { [west]: 'mirror/storefront' } };
  shop.fleet = { ...shop.fleet, applications: { storefront: { ...storefront, replication } } };
  const [gone = ''] = await shop.carry('1.0.0', '1.1.0');
  shop.deleteAtHome(gone);
  const asked: string[] = [];
  const remove = shop.cloud.images.remove.bind(shop.cloud.images);
  shop.cloud.images.remove = (region, repository, images) => {
    asked.push(`${region} ${repository}`);
    return remove(region, repository, images);
  };
  const image = 'r.example/mirror/storefront:1.0.0';
  shop.cloud.imageUse.used.set(west, [{ by: 'The service shop/any', image }]);
  expect(await shop.lookAfterGrace()).toBe('none ALL_HELD');
  shop.cloud.imageUse.used.clear();
  expect(await shop.look()).toBe('delete GRACE_OVER');
  expect(asked).toEqual(['us-west-2 mirror/storefront']);
});

describe('nothing is deleted', () => {
  test.each([
    ['HOME_SILENT', (shop: Prunable) => (shop.library.home.failure = new Error('no answer'))],
    ['HOME_MISSING', (shop: Prunable) => (shop.library.home.isMissing = true)],
    [
      'HOME_EMPTY',
      (shop: Prunable) => {
        shop.library.home.tagged.clear();
        shop.library.home.manifests.clear();
      },
    ],
  ])('%s: when home does not say clearly what it has', async (code, happen) => {
    const { shop } = await withOneGone();
    await shop.look();
    shop.cloud.advance(hourMs);
    happen(shop);
    expect(await shop.look()).toBe(`none ${code}`);
    expect(shop.removed).toEqual([]);
  });

  test('that Farshore did not carry', async () => {
    const { shop } = await withOneGone();
    shop.library.target.addImage('somebody else put it there', '0.9.0');
    await shop.lookAfterGrace();
    expect(shop.library.target.tagged.has('0.9.0')).toBe(true);
    expect(shop.removed).toHaveLength(1);
  });

  test('while a rollout is under way, traffic moves, or a freeze holds', async () => {
    const freeze = [{ from: '2026-11-20T12:00:00Z', to: '2026-11-20T13:00:00Z', reason: 'Sale' }];
    const { shop } = await withOneGone(undefined, { freeze });
    await shop.look();
    shop.cloud.advance(hourMs);
    const rollout = { digest: 'sha256:new', tag: '1.1.0', waves: [], supersedes: [] };
    await shop.writeRollout({ current: { ...rollout, state: 'BAKING' } as never });
    expect(await shop.look()).toBe('none ROLLOUT_UNDER_WAY');
    await shop.writeRollout({ current: { ...rollout, state: 'SUCCEEDED' } as never });
    const key = journalKeys.failover('storefront');
    await shop.cloud.journal.write(key, { phase: 'moving' }, undefined);
    expect(await shop.look()).toBe('none TRAFFIC_MOVES');
    await shop.cloud.journal.write(key, { phase: 'steady' }, 1);
    shop.cloud.advance(hourMs);
    expect(await shop.look()).toBe('none FROZEN');
    expect(await shop.because()).toContain('Nothing is deleted until 2026-11-20T13:00:00Z: Sale');
    shop.cloud.advance(hourMs);
    expect(await shop.look()).toBe('delete GRACE_OVER');
  });

  test.each([
    [
      'a task runs by tag',
      (gone: string) => ({ image: 'r.example/shop/storefront:x', digest: gone }),
    ],
    ['a service would start', (gone: string) => ({ image: `r.example/shop/storefront@${gone}` })],
    ['a service names by tag', () => ({ image: 'r.example/shop/storefront:1.0.0' })],
  ])('that %s', async (_how, use) => {
    const { shop, gone } = await withOneGone();
    shop.cloud.imageUse.used.set(west, [{ by: 'The service shop/any', ...use(gone) }]);
    expect(await shop.lookAfterGrace()).toBe('none ALL_HELD');
    expect(await shop.because()).toContain('The service shop/any in us-west-2 runs it.');
    shop.cloud.imageUse.used.clear();
    expect(await shop.look()).toBe('delete GRACE_OVER');
  });

  test('whose platform alone is named by a service', async () => {
    const shop = new Prunable();
    await shop.carry('1.1.0');
    const { root, children } = pushRich(shop.library.home, '1.0.0');
    await shop.library.wake();
    shop.deleteAtHome(root.digest);
    const image = `r.example/shop/storefront@${children[1]?.digest ?? ''}`;
    shop.cloud.imageUse.used.set(west, [{ by: 'The service shop/any', image }]);
    expect(await shop.lookAfterGrace()).toBe('none ALL_HELD');
  });

  test('where ECS gives no answer', async () => {
    const { shop } = await withOneGone();
    shop.cloud.imageUse.down.add(west);
    expect(await shop.lookAfterGrace()).toBe('none ALL_HELD');
    expect(await shop.because()).toContain('What runs in us-west-2 is not known');
  });

  test.each(['before', 'completed', 'next', 'supersedes', 'taskDefinition'] as const)(
    'that a rollback needs: %s',
    async (place) => {
      const { shop, gone } = await withOneGone();
      const image = { digest: gone, tag: '1.0.0', atMs: 0 };
      const services = { web: { previousTaskDefinition: 'web:1' } };
      const current = {
        ...{ digest: 'sha256:new', tag: '1.1.0', state: 'SUCCEEDED' },
        waves: place === 'taskDefinition' ? [{ region: west, services }] : [],
        supersedes: place === 'supersedes' ? [gone] : [],
        ...(place === 'before' ? { before: image } : {}),
      };
      const uri = `r.example/shop/storefront@${gone}`;
      shop.cloud.imageUse.definitions.set(`${west} web:1`, [uri]);
      const others = place === 'completed' || place === 'next' ? { [place]: image } : {};
      await shop.writeRollout({ current: current as never, ...others });
      expect(await shop.lookAfterGrace()).toBe('none ALL_HELD');
      expect(await shop.because()).toContain('A rollback of storefront needs it');
    },
  );

  test('that a failover would start again', async () => {
    const { shop, gone } = await withOneGone();
    const services = { web: { desired: 2, image: `r.example/shop/storefront@${gone}` } };
    const state = { phase: 'steady', remembered: { region: home, services } };
    await shop.cloud.journal.write(journalKeys.failover('storefront'), state, undefined);
    expect(await shop.lookAfterGrace()).toBe('none ALL_HELD');
  });

  test('that somebody tagged otherwise there', async () => {
    const { shop, gone } = await withOneGone();
    shop.library.target.tagged.set('mine', { tag: 'mine', digest: gone, pushedAtMs: 0 });
    expect(await shop.lookAfterGrace()).toBe('none ALL_HELD');
    expect(await shop.because()).toContain('is also mine in us-west-2');
  });

  test('by its last tag while home still has the image', async () => {
    const shop = new Prunable();
    const [digest = ''] = await shop.carry('1.0.0', '1.1.0');
    shop.library.home.tagged.delete('1.0.0');
    expect(await shop.lookAfterGrace()).toBe('none ALL_HELD');
    expect(shop.library.target.manifests.has(digest)).toBe(true);
  });

  test('that its registry refuses, and the others are', async () => {
    const { shop, gone } = await withOneGone();
    const [other = ''] = await shop.carry('1.2.0');
    shop.deleteAtHome(other);
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const manifests = [{ digest: gone, size: 1, mediaType }];
    shop.library.target.addManifest({ schemaVersion: 2, mediaType, manifests }, 'theirs');
    expect(await shop.lookAfterGrace()).toBe('delete GRACE_OVER');
    expect(shop.library.target.manifests.has(gone)).toBe(true);
    expect(shop.library.target.manifests.has(other)).toBe(false);
    expect(shop.cloud.notices.at(-1)?.text).toContain('ImageReferencedByManifestList');
  });
});

describe('a run', () => {
  async function withManyGone(deletion: Readonly<Record<string, unknown>>, count = 5) {
    const shop = new Prunable({ automatic: true, grace: '1h', ...deletion });
    const tags = Array.from({ length: count }, (_, patch) => `1.0.${patch}`);
    const digests = await shop.carry(...tags, '2.0.0');
    for (const digest of digests.slice(0, count)) shop.deleteAtHome(digest);
    return shop;
  }

  test('deletes no more than the maximum, says what is left, and is followed an hour later', async () => {
    const shop = await withManyGone({ maxPerRun: 2 });
    expect(await shop.lookAfterGrace()).toBe('delete GRACE_OVER');
    expect(shop.removed).toHaveLength(2);
    expect(shop.cloud.notices.at(-1)?.text).toContain('3 more are due');
    shop.cloud.advance(hourMs - 1);
    expect(await shop.look()).toBe('none RAN_LATELY');
    shop.cloud.advance(1);
    expect(await shop.look()).toBe('delete GRACE_OVER');
    expect(shop.removed).toHaveLength(4);
  });

  test('waits for a person unless it is automatic, and a request runs once', async () => {
    const shop = await withManyGone({ automatic: false, maxPerRun: 2 });
    expect(await shop.lookAfterGrace()).toBe('none AWAITS_PERSON');
    expect(await shop.look()).toBe('none AWAITS_PERSON');
    expect(shop.notices).toEqual(['deletion-announced', 'deletion-awaits-person']);
    expect(await shop.look(pruneOf('r1'))).toBe('delete GRACE_OVER');
    expect(await shop.look(pruneOf('r1'))).toBe('none AWAITS_PERSON');
    expect(shop.removed).toHaveLength(2);
    expect(shop.cloud.notices.at(-2)?.text).toContain('Asked by sam@desk');
    expect(await shop.look(pruneOf('r2'))).toBe('delete GRACE_OVER');
    expect(shop.removed).toHaveLength(4);
  });

  test('that dies at any effect is finished by the next wake, once, and not beyond its maximum', async () => {
    for (let effect = 1; effect <= 16; effect += 1) {
      const shop = await withManyGone({ maxPerRun: 2 });
      await shop.look();
      shop.cloud.advance(hourMs);
      shop.cloud.stayDeadBeforeEffect(effect);
      await shop.look().catch(() => undefined);
      shop.cloud.revive();
      for (let wake = 0; wake < 3; wake += 1) {
        shop.cloud.advance(130_000);
        await shop.look();
      }
      expect(shop.removed).toHaveLength(2);
      expect((await shop.document())?.run).toBeUndefined();
      expect((await shop.document())?.tombstones).toHaveLength(3);
      expect(shop.notices.filter((kind) => kind === 'images-deleted').length).toBeLessThanOrEqual(
        1,
      );
    }
  });

  test('goes on where one region fails, tells people, and is tried again by the next', async () => {
    const { shop, gone } = await withOneGone();
    await shop.look();
    shop.cloud.advance(hourMs);
    const remove = shop.cloud.images.remove.bind(shop.cloud.images);
    shop.cloud.images.remove = () => Promise.reject(new Error('ECR BatchDeleteImage: denied'));
    expect(await shop.look()).toBe('delete GRACE_OVER');
    expect(shop.notices.at(-1)).toBe('deletion-failed');
    expect(shop.cloud.notices.at(-1)?.text).toContain('ECR BatchDeleteImage: denied');
    shop.cloud.images.remove = remove;
    expect(await shop.look()).toBe('none RAN_LATELY');
    shop.cloud.advance(hourMs);
    expect(await shop.look()).toBe('delete GRACE_OVER');
    expect(shop.library.target.manifests.has(gone)).toBe(false);
    expect(shop.notices.at(-1)).toBe('images-deleted');
  });

  test('that dies between an image and its parts leaves no part behind', async () => {
    for (let effect = 1; effect <= 14; effect += 1) {
      const shop = new Prunable();
      await shop.carry('1.1.0');
      const rich = pushRich(shop.library.home, '1.0.0');
      await shop.library.wake();
      const parts = [rich.root, ...rich.children, rich.signature, rich.sbom, rich.cosign];
      for (const { digest } of parts) shop.deleteAtHome(digest);
      await shop.look();
      shop.cloud.advance(hourMs);
      shop.cloud.stayDeadBeforeEffect(effect);
      await shop.look().catch(() => undefined);
      shop.cloud.revive();
      for (let wake = 0; wake < 2; wake += 1) {
        shop.cloud.advance(130_000);
        await shop.look();
      }
      const { manifests } = shop.library.target;
      expect(parts.filter(({ digest }) => manifests.has(digest))).toEqual([]);
      expect((await shop.document())?.run).toBeUndefined();
    }
  });

  test('looks again before each image: what comes back or begins meanwhile counts', async () => {
    const shop = await withManyGone({});
    await shop.look();
    shop.cloud.advance(hourMs);
    const { repositories } = shop.cloud.ports(home);
    const remove = repositories.remove.bind(repositories);
    let count = 0;
    shop.cloud.images.remove = async (...args) => {
      count += 1;
      if (count === 2) shop.library.home.addImage('image 1.0.4', '1.0.4');
      if (count === 3) {
        await shop.writeRollout({
          current: { digest: 'd', tag: '2.0.0', state: 'PENDING', waves: [], supersedes: [] },
        } as never);
      }
      return remove(...args);
    };
    await shop.look();
    expect(shop.removed).toHaveLength(3);
    expect(await shop.look()).toBe('none ROLLOUT_UNDER_WAY');
    await shop.writeRollout({});
    expect(await shop.look()).toBe('delete GRACE_OVER');
    expect(shop.removed).toHaveLength(4);
    expect([...shop.library.target.tagged.keys()].sort()).toEqual(['1.0.4', '2.0.0']);
  });

  test('starts its grace anew after a time in which nobody looked', async () => {
    const shop = await withManyGone({});
    await shop.look();
    shop.cloud.advance(25 * hourMs);
    expect(await shop.look()).toBe('mark GONE_CHANGED');
    expect(await shop.look()).toBe('none GRACE');
    expect(shop.removed).toEqual([]);
  });

  test('is not for other messages than its own', async () => {
    const { shop } = await withOneGone();
    expect(await shop.look({ ...sweep, subject: 'engine' })).toBeUndefined();
    expect(await shop.look({ ...sweep, app: 'nobody' })).toBeUndefined();
    expect(await shop.library.take(pruneOf('r1'))).toEqual([]);
  });
});
