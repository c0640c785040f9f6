import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compareImages } from '../../core/replication/compare-images.ts';
import { copyImage } from '../../core/replication/copy-image.ts';
import { noPulse } from '../../core/replication/heartbeat.ts';
import { walkImage } from '../../core/replication/image-graph.ts';
import type { CopyTarget, Place } from '../../core/replication/place.ts';
import { pushRandomImage } from './random-image.ts';
import { graphOf, RegistryLab } from './registry-lab.ts';

let lab: RegistryLab;

beforeEach(() => {
  lab = new RegistryLab();
});

afterEach(() => lab.close());

const clock = { nowMs: () => performance.now() };

const copy = (source: Place, digest: string, targets: readonly CopyTarget[]) =>
  copyImage({ source, digest, targets, clock, pulse: noPulse });

describe('a copied image', () => {
  test.each(['oci', 'ecr-quirks'] as const)(
    'is the image, for 100 random shapes from and to registries of the profile %s',
    async (profile) => {
      const source = await lab.registry(profile);
      const targets = [await lab.registry(profile), await lab.registry('oci')];
      const from = lab.place(source.host);
      const to = targets.map(({ host }) => lab.place(host));
      for (let seed = 1; seed <= 100; seed += 1) {
        const tag = `v${seed}`;
        const digest = pushRandomImage(lab.model, source.content, { seed, tag });
        const copied = await copy(
          from,
          digest,
          to.map((place) => ({ ...place, tag })),
        );
        expect(copied).toMatchObject({ failed: [] });
      }
      for (const { content } of targets) {
        expect(graphOf(content)).toEqual(graphOf(source.content));
      }
    },
    60_000,
  );

  test('is read once for three targets, and not again when they have it', async () => {
    const source = await lab.registry();
    const targets = await Promise.all([lab.registry(), lab.registry(), lab.registry()]);
    const from = lab.place(source.host);
    const to = targets.map(({ host }) => ({ ...lab.place(host), tag: 'v1' }));
    const options = { seed: 5, tag: 'v1', layerBytesMax: 3_000_000 };
    const digest = pushRandomImage(lab.model, source.content, options);
    await copy(from, digest, to);
    const layers = [...source.content.blobs.values()].reduce((sum, size) => sum + size, 0);
    const { bytesRead } = from.http.traffic;
    expect(bytesRead).toBeGreaterThanOrEqual(layers);
    expect(bytesRead).toBeLessThan(layers + 100_000);
    const sent = to.map(({ http }) => http.traffic.bytesSent);
    expect(await copy(from, digest, to)).toMatchObject({ failed: [], bytes: 0 });
    expect(from.http.traffic.bytesRead).toBeLessThan(bytesRead + 100_000);
    expect(to.map(({ http }) => http.traffic.bytesSent)).toEqual(sent);
  });

  test('is mounted layer by layer from another repository of the same registry', async () => {
    const source = await lab.registry();
    const digest = pushRandomImage(lab.model, source.content, { seed: 4, tag: 'v1' });
    const from = lab.place(source.host);
    const moved = lab.model.createRepository(source.content.region, 'team/moved');
    const copied = await copy(from, digest, [{ ...from, repository: 'team/moved', tag: 'v1' }]);
    expect(copied).toMatchObject({ failed: [], bytes: 0 });
    expect(graphOf(moved)).toEqual(graphOf(source.content));
  });

  test('is found different when anything of it is missing', async () => {
    const [source, target] = [await lab.registry(), await lab.registry()];
    const digest = pushRandomImage(lab.model, source.content, { seed: 9, tag: 'v1' });
    const from = lab.place(source.host);
    const to = { ...lab.place(target.host), tag: 'v1' };
    await copy(from, digest, [to]);
    const graph = await walkImage(from.registry, from.repository, digest);
    if ('refused' in graph) throw new Error(graph.refused);
    expect(await compareImages(from, graph, to)).toEqual([]);
    const [blob = ''] = target.content.blobs.keys();
    target.content.blobs.delete(blob);
    target.content.untag('v1');
    expect(await compareImages(from, graph, to)).toEqual([
      'the tag v1 names nothing',
      `no layer ${blob}`,
    ]);
  });
});
