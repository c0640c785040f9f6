import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { compareImages } from '../../core/replication/compare-images.ts';
import { type ImageGraph, walkImage } from '../../core/replication/image-graph.ts';
import { hasDebianRegistry, startDebianRegistry } from './debian-registry.ts';
import type { ProxiedRequest } from './fault-proxy.ts';
import { pushRandomImage, randomFrom } from './random-image.ts';
import { type LabRegistry, RegistryLab, REPOSITORY } from './registry-lab.ts';
import { logIn, startImages } from './run-images.ts';

const MIB = 1024 * 1024;
const POINTS = process.env['FARSHORE_LONG'] === '1' ? 200 : 2;
const SEED = 42;

/** The largest layer: more than what may be sent again of it. */
const LAYER_BYTES = 24 * MIB;
const LARGE_LAYERS = [LAYER_BYTES, 9 * MIB, 2 * MIB, 40_000];

/** At once; each is a process of its own. */
const PARALLEL = 2;

/** Slow enough that most points are in the middle of a layer: 60 MiB/s for each upload. */
const BYTES_PER_MS = 60_000;

/** What a request weighs in the progress of a copy, so that points fall between bytes too. */
const REQUEST_WEIGHT = 64 * 1024;

let lab: RegistryLab;
let folder: string;

beforeEach(() => {
  lab = new RegistryLab();
  folder = mkdtempSync(path.join(tmpdir(), 'farshore-killed-'));
});

afterEach(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Bytes of layers that came for one point, by target and digest, and how far it is. */
class Account {
  readonly #bytes = new Map<string, number>();
  readonly #limit: number;
  readonly #kill: () => void;
  #progress = 0;

  constructor(limit: number, kill: () => void) {
    this.#limit = limit;
    this.#kill = kill;
  }

  note(target: string, { path: url }: ProxiedRequest, bytes: number): void {
    const digest = new URL(url, 'http://any').searchParams.get('digest');
    if (digest !== null) {
      const key = `${target} ${digest}`;
      this.#bytes.set(key, (this.#bytes.get(key) ?? 0) + bytes);
    }
    this.#progress += bytes === 0 ? REQUEST_WEIGHT : bytes;
    if (this.#progress >= this.#limit) this.#kill();
  }

  /** The most that came more than once for one layer and target. */
  resent({ blobs }: ImageGraph): number {
    const sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
    const more = [...this.#bytes].map(
      ([key, bytes]) => bytes - (sizes.get(key.split(' ')[1] ?? '') ?? 0),
    );
    return Math.max(0, ...more);
  }
}

interface Kind {
  readonly name: string;
  readonly start: () => Promise<string>;
  /** The most of a layer that may come again. */
  readonly bytesMax: number;
  readonly points: number;
}

const kinds: readonly Kind[] = [
  {
    name: 'registries that tell how far an upload got',
    start: async () => (await lab.registry()).host,
    bytesMax: 10 * MIB,
    points: POINTS,
  },
  {
    // Its sessions carry a signed offset, which half a request makes wrong: they are lost.
    name: "Debian's docker-registry, which loses uploads that broke",
    start: debian,
    bytesMax: LAYER_BYTES,
    points: Math.ceil(POINTS / 5),
  },
];

async function debian(): Promise<string> {
  const { host, close } = await startDebianRegistry();
  lab.cleanUpWith(close);
  return host;
}

test.each(kinds)(
  'a copy that is killed goes on, shows no half image and resends little, to $name',
  async ({ name, start, bytesMax, points: count }) => {
    if (start === debian && !hasDebianRegistry) {
      console.warn('skipped: docker-registry is not installed');
      return;
    }
    const source = await lab.registry();
    const accounts = new Map<string, Account>();
    const targets = await Promise.all(
      [1, 2, 3].map(async () => {
        const host = await start();
        return lab.faultsBefore(
          host,
          ({ method }) =>
            method === 'PUT' ? { kind: 'slow', bytesPerMs: BYTES_PER_MS } : undefined,
          (request, bytes) => {
            const repository = /^\/v2\/(.*?)\/(?:blobs|manifests|referrers)\//.exec(request.path);
            accounts.get(repository?.[1] ?? '')?.note(host, request, bytes);
          },
        );
      }),
    );
    logIn(folder, [source.host, ...targets]);
    const random = randomFrom(SEED);
    let resent = 0;
    let killed = 0;
    const points = Array.from({ length: count }, (_none, at) => ({ at, share: random() }));
    const next = points.values();
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        for (const { at, share } of next) {
          const died = await killOnce({ source, targets, accounts, at, share });
          resent = Math.max(resent, died.resent);
          if (died.isKilled) killed += 1;
        }
      }),
    );
    console.log(
      `${killed} of ${count} copies to ${name} were killed at work; ` +
        `at most ${(resent / MIB).toFixed(1)} MiB of a layer were sent again to a target`,
    );
    expect(resent).toBeLessThanOrEqual(bytesMax);
    expect(killed).toBeGreaterThan(count / 3);
  },
  1_800_000,
);

/** Kills one copy at one point of its work and goes on with it in another process. */
async function killOnce(point: {
  readonly source: LabRegistry;
  readonly targets: readonly string[];
  readonly accounts: Map<string, Account>;
  readonly at: number;
  readonly share: number;
}) {
  const { source, targets, accounts, at, share } = point;
  const [repository, tag] = [`team/p${at}`, `v${at % 5}`];
  for (const { region } of lab.registries) lab.model.createRepository(region, repository);
  const graph = await pushedGraph(source, at % 5);
  const total = graph.blobs.reduce((sum, { size }) => sum + size, 0) * targets.length;
  const to = targets.map((host) => `${host}/${repository}:${tag}`);
  const from = `${source.host}/${REPOSITORY}:${tag}`;
  const copy = startImages(folder, ['copy', from, ...to]);
  // A little beyond all bytes, for points between the manifests and after the end.
  const account = new Account(share * (total + 60 * REQUEST_WEIGHT), () =>
    copy.child.kill('SIGKILL'),
  );
  accounts.set(repository, account);
  const isKilled = (await copy.ended) === null;

  const places = targets.map((host) => ({ ...lab.place(host), repository, tag }));
  for (const place of places) {
    if (!(await place.registry.digests(repository, [tag])).has(tag)) continue;
    expect(await compareImages(lab.place(source.host), graph, place)).toEqual([]);
  }
  const resumed = startImages(folder, ['copy', from, ...to]);
  expect({ status: await resumed.ended, ...resumed.said }).toMatchObject({ status: 0 });
  for (const place of places) {
    expect(await compareImages(lab.place(source.host), graph, place)).toEqual([]);
  }
  return { isKilled, resent: account.resent(graph) };
}

async function pushedGraph({ host, content }: LabRegistry, seed: number): Promise<ImageGraph> {
  const tag = `v${seed}`;
  const digest =
    content.tags.get(tag) ??
    (seed === 0
      ? lab.pushImage(content, tag, LARGE_LAYERS)
      : pushRandomImage(lab.model, content, { seed: 90 + seed, tag, layerBytesMax: LAYER_BYTES }));
  const graph = await walkImage(lab.place(host).registry, REPOSITORY, digest);
  if ('refused' in graph) throw new Error(graph.refused);
  return graph;
}
