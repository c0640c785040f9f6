import { describe, expect, test } from '@jest/globals';
import { graphLimits, walkImage } from '../../../core/replication/image-graph.ts';
import { FakeRegistry } from '../fake-images.ts';

const ociIndex = 'application/vnd.oci.image.index.v1+json';
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';
const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';

const registryOf = () => new FakeRegistry('us-east-1', () => undefined);
const refOf = (of: { digest: string; size: number; mediaType: string }) => ({
  digest: of.digest,
  size: of.size,
  mediaType: of.mediaType,
});

describe('walkImage', () => {
  test('finds nested indexes, children first, each blob once', async () => {
    const registry = registryOf();
    const child = registry.addImage('a');
    const inner = registry.addManifest({ mediaType: dockerList, manifests: [refOf(child)] });
    const root = registry.addManifest({
      mediaType: ociIndex,
      manifests: [refOf(inner), refOf(child)],
    });
    const graph = await walkImage(registry, 'r', root.digest);
    expect(graph).toMatchObject({ attachments: [], companions: [] });
    if ('refused' in graph) throw new Error(graph.refused);
    expect(graph.manifests.map(({ digest }) => digest)).toEqual([
      child.digest,
      inner.digest,
      root.digest,
    ]);
    expect(graph.blobs).toHaveLength(2);
  });

  test('leaves out layers that nobody may redistribute', async () => {
    const registry = registryOf();
    const config = registry.addBlob('config');
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: `sha256:${'f'.repeat(64)}`,
      size: 9,
      urls: ['https://vendor.example/layer'],
    };
    const root = registry.addManifest({ mediaType: dockerManifest, config, layers: [foreign] });
    expect(await walkImage(registry, 'r', root.digest)).toMatchObject({ blobs: [config] });
  });

  test('keeps a referrer that the index lists too only once', async () => {
    const registry = registryOf();
    const child = registry.addImage('a');
    const attestation = registry.addManifest({
      mediaType: ociManifest,
      config: registry.addBlob('{}'),
      layers: [],
      subject: refOf(child),
    });
    const manifests = [refOf(child), refOf(attestation)];
    const root = registry.addManifest({ mediaType: ociIndex, manifests });
    const graph = await walkImage(registry, 'r', root.digest);
    if ('refused' in graph) throw new Error(graph.refused);
    expect(graph.manifests).toHaveLength(3);
  });

  test.each<[string, (registry: FakeRegistry) => string, RegExp]>([
    ['a missing image', () => `sha256:${'0'.repeat(64)}`, /missing at the source/],
    [
      'a missing child',
      (registry) => {
        const gone = { digest: `sha256:${'0'.repeat(64)}`, size: 1, mediaType: ociManifest };
        return registry.addManifest({ mediaType: ociIndex, manifests: [gone] }).digest;
      },
      /missing at the source/,
    ],
    [
      'an unknown media type',
      (registry) => registry.addManifest({ mediaType: 'text/html' }).digest,
      /text\/html, which cannot be copied/,
    ],
    [
      'a malformed manifest',
      (registry) =>
        registry.addManifest({ mediaType: ociManifest, layers: [{ digest: 'x' }] }).digest,
      /malformed at layers\.0\./,
    ],
    [
      'too deep a nest',
      (registry) => {
        let inner = registry.addImage('a');
        for (let depth = 0; depth <= graphLimits.depth; depth += 1) {
          inner = registry.addManifest({ mediaType: ociIndex, manifests: [refOf(inner)] });
        }
        return inner.digest;
      },
      /nested deeper than 8/,
    ],
    [
      'too many manifests',
      (registry) => {
        const manifests = Array.from({ length: graphLimits.manifests + 1 }, (_none, at) =>
          refOf(registry.addImage(String(at))),
        );
        return registry.addManifest({ mediaType: ociIndex, manifests }).digest;
      },
      /more than 1000 manifests/,
    ],
    [
      'a manifest that contains itself',
      (registry) => {
        const digest = `sha256:${'c'.repeat(64)}`;
        const body = JSON.stringify({ manifests: [{ digest, size: 1, mediaType: ociIndex }] });
        registry.manifests.set(digest, { digest, mediaType: ociIndex, body });
        return digest;
      },
      /contains itself/,
    ],
  ])('rejects %s', async (_title, push, message) => {
    const registry = registryOf();
    const result = await walkImage(registry, 'r', push(registry));
    expect('refused' in result ? result.refused : '').toMatch(message);
  });
});
