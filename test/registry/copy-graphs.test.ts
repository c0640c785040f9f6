import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BegunUpload } from '../../core/ports.ts';
import { compareImages } from '../../core/replication/compare-images.ts';
import { copyImage } from '../../core/replication/copy-image.ts';
import { noPulse } from '../../core/replication/heartbeat.ts';
import { walkImage } from '../../core/replication/image-graph.ts';
import type { CopyTarget, Place } from '../../core/replication/place.ts';
import type { UploadBook } from '../../core/replication/upload-book.ts';
import { pushRandomImage, randomFrom } from './random-image.ts';
import { graphOf, type LabRegistry, RegistryLab } from './registry-lab.ts';

let lab: RegistryLab;

beforeEach(() => {
  lab = new RegistryLab();
});

afterEach(() => lab.close());

const clock = { nowMs: () => performance.now() };

const copy = (
  source: Place,
  digest: string,
  targets: readonly CopyTarget[],
  options: { readonly book?: UploadBook } = {},
) => copyImage({ source, digest, targets, clock, pulse: noPulse, ...options });

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

describe('a copy that dies', () => {
  test('goes on anywhere, resends at most what was on the wire, and shows no half image', async () => {
    const random = randomFrom(42);
    const source = await lab.registry();
    const shapes = { tag: 'v1', layerBytesMax: 400_000 };
    let resent = 0;
    let inFlightMax = 0;
    for (let point = 1; point <= 200; point += 1) {
      const seed = 1 + (point % 10);
      const digest = pushRandomImage(lab.model, source.content, { ...shapes, seed });
      const layers = bytesOf(await graphIn(lab.place(source.host), digest));
      const targets = await Promise.all([lab.registry(), lab.registry(), lab.registry()]);
      const book = rememberingBook();
      const bytes = Math.floor(random() * (layers * 3 + 4_000));
      const dying = await dieAfter({ source, digest, targets, book, bytes });
      for (const { content } of targets) expectWholeOrUnseen(content);
      const from = lab.place(source.host);
      const to = targets.map(({ host }) => ({ ...lab.place(host), tag: 'v1' }));
      expect(await copy(from, digest, to, { book })).toMatchObject({ failed: [] });
      const graph = await graphIn(from, digest);
      for (const target of to) expect(await compareImages(from, graph, target)).toEqual([]);
      const again = to.reduce((sum, { http }) => sum + http.traffic.bytesSent, 0);
      resent = Math.max(resent, dying + again - layers * 3);
      inFlightMax = Math.max(inFlightMax, layers);
    }
    console.log(
      `resent at most ${resent} bytes after a death, with layers of up to ${inFlightMax}`,
    );
    // Bytes on the wire or in socket buffers of 3 targets, each with at most 12 layers at once.
    expect(resent).toBeLessThan(10 * 1024 * 1024);
  }, 120_000);

  async function graphIn(place: Place, digest: string) {
    const graph = await walkImage(place.registry, place.repository, digest);
    if ('refused' in graph) throw new Error(graph.refused);
    return graph;
  }

  const bytesOf = ({ blobs }: Awaited<ReturnType<typeof graphIn>>) =>
    blobs.reduce((sum, { size }) => sum + size, 0);

  /** Breaks every connection at once when so many bytes were sent; returns what was sent. */
  async function dieAfter(options: {
    readonly source: LabRegistry;
    readonly digest: string;
    readonly targets: readonly LabRegistry[];
    readonly book: UploadBook;
    readonly bytes: number;
  }): Promise<number> {
    const { source, digest, targets, book, bytes } = options;
    let sent = 0;
    const isDead = () => sent >= bytes;
    const from = lab.place(source.host);
    const to = targets.map(({ host }) => {
      const place = lab.place(host);
      const { registry } = place;
      const dead = () => {
        if (isDead()) throw new Error('killed');
      };
      return {
        ...place,
        tag: 'v1',
        registry: {
          manifest: registry.manifest.bind(registry),
          tags: registry.tags.bind(registry),
          referrers: registry.referrers.bind(registry),
          digests: registry.digests.bind(registry),
          missingBlobs: registry.missingBlobs.bind(registry),
          readBlob: registry.readBlob.bind(registry),
          putManifest: (...args: Parameters<typeof registry.putManifest>) => {
            sent += 100;
            dead();
            return registry.putManifest(...args);
          },
          writeBlob: (
            repository: string,
            blob: Parameters<typeof registry.writeBlob>[1],
            open: Parameters<typeof registry.writeBlob>[2],
            page: Parameters<typeof registry.writeBlob>[3],
          ) => {
            dead();
            const dying = async function* (start: number) {
              for await (const chunk of open(start)) {
                sent += chunk.length;
                dead();
                yield chunk;
              }
            };
            return registry.writeBlob(repository, blob, dying, page);
          },
        },
      };
    });
    await copy(from, digest, to, { book });
    return to.reduce((sum, { http }) => sum + http.traffic.bytesSent, 0);
  }

  function rememberingBook(): UploadBook {
    const book = new Map<string, BegunUpload>();
    return ({ target, repository, digest }) => {
      const key = `${target} ${repository} ${digest}`;
      return {
        read: () => Promise.resolve(book.get(key)),
        write: (upload) => {
          book.set(key, upload);
          return Promise.resolve();
        },
        forget: () => {
          book.delete(key);
          return Promise.resolve();
        },
      };
    };
  }

  /** A tag that is there names an image of which everything is there. */
  function expectWholeOrUnseen({ tags, images, blobs }: LabRegistry['content']): void {
    for (const digest of tags.values()) {
      const open = [digest];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        const image = images.get(next);
        expect(image).toBeDefined();
        for (const { digest: child } of image?.manifest.children ?? []) open.push(child);
        for (const { digest: layer } of image?.manifest.layers ?? [])
          expect(blobs.has(layer)).toBe(true);
      }
    }
  }
});
