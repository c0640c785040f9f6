import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compareImages } from '../../core/replication/compare-images.ts';
import { copyImage } from '../../core/replication/copy-image.ts';
import { noPulse } from '../../core/replication/heartbeat.ts';
import { walkImage } from '../../core/replication/image-graph.ts';
import type { Place } from '../../core/replication/place.ts';
import { hasDebianRegistry, hasSkopeo, startDebianRegistry } from './debian-registry.ts';
import { pushRandomImage } from './random-image.ts';
import { pushShape, realShapes } from './real-shapes.ts';
import { type LabRegistry, RegistryLab, REPOSITORY } from './registry-lab.ts';

const run = promisify(execFile);
const clock = { nowMs: () => performance.now() };

/** All in the long run, some in the quick one. */
const GRAPHS = process.env['FARSHORE_LONG'] === '1' ? 200 : 10;

let lab: RegistryLab;

beforeEach(() => {
  lab = new RegistryLab();
});

afterEach(() => lab.close());

/** Starts a registry of a kind and returns its host. */
const kinds: Readonly<Record<string, () => Promise<string>>> = {
  'the plain profile': async () => (await lab.registry('oci')).host,
  "ECR's quirks": async () => (await lab.registry('ecr-quirks')).host,
  ...(hasDebianRegistry
    ? {
        "Debian's docker-registry": async () => {
          const { host, close } = await startDebianRegistry();
          lab.cleanUpWith(close);
          return host;
        },
      }
    : {}),
};

if (!hasDebianRegistry) console.warn('docker-registry is not installed: not compared with it');

describe.each(Object.keys(kinds))('against %s', (kind) => {
  const start = () => kinds[kind]?.() ?? Promise.reject(new Error(kind));

  test.each(Object.keys(realShapes))('an image arrives whole: %s', async (shape) => {
    const source = await lab.registry();
    pushShape(lab.model, source.content, shape, 'v1');
    await expectCopied(source, lab.place(await start()), ['v1']);
  });

  (hasSkopeo ? test : test.skip)(
    `Farshore and skopeo make the same of ${GRAPHS} random graphs`,
    async () => {
      const source = await lab.registry();
      const tags = Array.from({ length: GRAPHS }, (_none, at) => `v${at + 1}`);
      for (const [at, tag] of tags.entries()) {
        pushRandomImage(lab.model, source.content, { seed: 5_000 + at, tag, isPlain: true });
      }
      const [ours, theirs] = [lab.place(await start()), lab.place(await start())];
      await expectCopied(source, ours, tags);
      for (const tag of tags) {
        await skopeo(source.host, theirs.name, tag);
        expect(await treeOf(ours, tag)).toEqual(await treeOf(theirs, tag));
      }
      console.log(`${kind}: ${tags.length} graphs equal to those that skopeo made`);
    },
    600_000,
  );
});

(hasDebianRegistry ? test : test.skip)(
  'keeps the list of referrers for a registry that does not know them',
  async () => {
    const source = await lab.registry();
    pushShape(lab.model, source.content, 'referrers of referrers', 'v1');
    const debian = await startDebianRegistry();
    lab.cleanUpWith(debian.close);
    const target = lab.place(debian.host);
    await expectCopied(source, target, ['v1']);
    const digest = source.content.tags.get('v1') ?? '';
    const list = await target.registry.manifest(REPOSITORY, digest.replace(':', '-'));
    expect(JSON.parse(list?.body ?? '{}')).toMatchObject({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          artifactType: 'application/vnd.example.sbom',
          annotations: { 'org.example.kind': 'sbom' },
        },
      ],
    });
    // From there it goes on to a registry that does know them.
    const next = lab.place((await lab.registry()).host);
    await copy(target, next, 'v1');
    expect(await next.registry.referrers(REPOSITORY, digest)).toHaveLength(1);
  },
);

async function expectCopied(source: LabRegistry, to: Place, tags: readonly string[]) {
  const from = lab.place(source.host);
  for (const tag of tags) {
    const graph = await copy(from, to, tag);
    expect(await compareImages(from, graph, { ...to, tag })).toEqual([]);
  }
}

async function copy(source: Place, target: Place, tag: string) {
  const root = await source.registry.manifest(REPOSITORY, tag);
  if (root === undefined) throw new Error(`${tag} is missing`);
  const { digest } = root;
  const targets = [{ ...target, tag }];
  const copied = await copyImage({ source, digest, targets, clock, pulse: noPulse });
  expect(copied).toMatchObject({ failed: [], stopped: [] });
  const graph = await walkImage(source.registry, REPOSITORY, digest);
  if ('refused' in graph) throw new Error(graph.refused);
  return graph;
}

/** Manifests below a tag, byte for byte, without what is attached to them. */
async function treeOf({ registry }: Place, tag: string) {
  const digest = (await registry.digests(REPOSITORY, [tag])).get(tag) ?? '';
  const graph = await walkImage(registry, REPOSITORY, digest, { isBare: true });
  if ('refused' in graph) throw new Error(graph.refused);
  const missing = await registry.missingBlobs(
    REPOSITORY,
    graph.blobs.map((blob) => blob.digest),
  );
  return { root: digest, manifests: graph.manifests, missing };
}

async function skopeo(from: string, to: string, tag: string): Promise<void> {
  const image = (host: string) => `docker://${host}/${REPOSITORY}:${tag}`;
  const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false'];
  const login = ['--src-creds=AWS:token', '--dest-creds=AWS:token'];
  const how = ['copy', '--quiet', '--all', '--preserve-digests', ...insecure, ...login];
  await run('skopeo', [...how, image(from), image(to)]);
}
