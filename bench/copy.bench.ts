import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BenchRegistry,
  type Part,
  pushLayers,
  startEndlessRegistry,
  startLatencyProxy,
  types,
} from './bench-registry.ts';
import { type Peer, peersHere } from './copy-peers.ts';
import { measure, type Measured, median } from './measure.ts';

// `npm run bench:copy [name ...]`: copies the same images with Farshore, with skopeo, and with crane
// and regctl where they are on the PATH, between the same registries, in the same run, and writes
// docs/benchmarks.md.

const MIB = 1024 * 1024;
const ROUND_TRIP_MS = 80;
const RESET_SHARE = 0.001;
const RUNS = 3;
const REPOSITORY = 'bench/app';
const [loadBefore = 0] = os.loadavg();
const needed = ['/usr/bin/docker-registry', '/usr/bin/skopeo', '/usr/bin/time'];
const absent = needed.filter((file) => !existsSync(file));

interface Budget {
  readonly wall?: number;
  readonly cpu?: number;
}

/** One comparison; `peer` is what Farshore is held against. */
interface Row {
  readonly name: string;
  readonly peer: string;
  readonly ours: Measured;
  /** Absent when the peer failed in every run. */
  readonly theirs: Measured | undefined;
  readonly traffic: readonly [ours: Traffic, theirs: Traffic];
  readonly budget: Budget;
}

interface Traffic {
  readonly requests: number;
  readonly sourceMib: number;
}

interface Case {
  readonly name: string;
  readonly tag: string;
  readonly targets: number;
  readonly runs: number;
  readonly budget: Budget;
  /** Hosts of the source and the targets: near, behind a proxy (that resets), without a disk. */
  readonly where: 'near' | 'far' | 'lossy' | 'endless';
  /** Puts the image into the source, once for all cases that copy it. */
  readonly push: () => Promise<unknown>;
  /** Brings the targets to where the copy starts; they are emptied by default. */
  readonly before?: () => Promise<void>;
}

class Bench {
  readonly #folder = mkdtempSync(
    path.join(existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'fs-'),
  );
  readonly source = new BenchRegistry(this.#folder, 5970);
  readonly targets = [5971, 5972, 5973].map((port) => new BenchRegistry(this.#folder, port));
  readonly #proxies: Helper[] = [];
  readonly #lossy: Helper[] = [];
  readonly #endless: Helper[] = [];

  async start(): Promise<void> {
    for (const registry of this.all) await registry.start();
    for (const { port } of this.all) {
      const link = { roundTripMs: ROUND_TRIP_MS };
      this.#proxies.push(await startLatencyProxy(port + 10, port, link));
    }
  }

  /** Links that reset connections now and then. */
  async startLossy(): Promise<void> {
    for (const { port } of this.all) {
      const link = { roundTripMs: ROUND_TRIP_MS, resetShare: RESET_SHARE };
      this.#lossy.push(await startLatencyProxy(port + 30, port, link));
    }
  }

  /** Registries without a disk; the first one gives an image with layers of these sizes. */
  async startEndless(mebibytes: readonly number[]): Promise<void> {
    for (const { port } of this.all) {
      const sizes = port === this.source.port ? mebibytes : [];
      this.#endless.push(await startEndlessRegistry(port + 20, sizes));
    }
  }

  async forgetEndless(): Promise<void> {
    for (const { host } of this.#endless) await fetch(`http://${host}/forget`);
  }

  get all(): readonly BenchRegistry[] {
    return [this.source, ...this.targets];
  }

  stop(): void {
    for (const { stop } of [
      ...this.#proxies,
      ...this.#lossy,
      ...this.#endless,
      ...this.all.map((each) => ({
        stop: () => {
          each.stop();
        },
      })),
    ])
      stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Host of the source and the targets. */
  hosts(where: Case['where']): readonly string[] {
    const near: readonly { readonly host: string }[] = this.all;
    const hosts = { near, far: this.#proxies, lossy: this.#lossy, endless: this.#endless };
    return hosts[where].map(({ host }) => host);
  }

  takeTraffic(): Traffic {
    const [source, ...targets] = this.all.map((registry) => registry.takeTraffic());
    return {
      requests: targets.reduce((sum, { requests }) => sum + requests, source?.requests ?? 0),
      sourceMib: (source?.bytes ?? 0) / MIB,
    };
  }
}

/** A process beside a registry, or instead of one. */
interface Helper {
  readonly host: string;
  readonly stop: () => unknown;
}

const cli = fileURLToPath(new URL('../bin/farshore.ts', import.meta.url));
const cache = mkdtempSync(path.join(os.tmpdir(), 'fs-cache-'));

const farshore = (from: string, to: readonly string[]) => [
  ['env', `XDG_CACHE_HOME=${cache}`, process.execPath, cli, 'images', 'copy', from, ...to],
];

const peers = peersHere();

/** One row for each peer that is here. */
async function compare(bench: Bench, each: Case): Promise<readonly Row[]> {
  await each.push();
  const [source = '', ...targets] = bench
    .hosts(each.where)
    .map((host) => `${host}/${REPOSITORY}:${each.tag}`);
  const to = targets.slice(0, each.targets);
  const runners = new Map<string, () => Promise<Measured>>([
    ['farshore', () => measure(farshore(source, to))],
    ...peers.flatMap((peer) => [...waysOf(peer, source, to)]),
  ]);
  const results = await runAll(bench, each, runners);
  const ours = results.get('farshore');
  if (ours?.measured === undefined) throw new Error(`Farshore failed: ${each.name}`);
  const { measured, traffic } = ours;
  return peers.map((peer) => {
    const ways = [...waysOf(peer, source, to).keys()].flatMap((name) => {
      const result = results.get(name);
      return result === undefined ? [] : [{ name, ...result }];
    });
    const [best] = ways.sort((one, other) => wallOf(one) - wallOf(other));
    if (best === undefined) throw new Error('nothing was compared');
    const failures = best.failures === 0 ? '' : `, failed in ${best.failures} of ${each.runs} runs`;
    return {
      name: each.name,
      peer: `${to.length === 1 ? peer.name : best.name}${failures}`,
      ours: measured,
      theirs: best.measured,
      traffic: [traffic, best.traffic],
      // Budgets are held against skopeo, which every machine that runs this has.
      budget: peer.name === 'skopeo' ? each.budget : {},
    };
  });
}

function wallOf({ measured }: Pick<Result, 'measured'>): number {
  return measured?.wallS ?? Infinity;
}

interface Result {
  /** The run in the middle of those that did not fail. */
  readonly measured: Measured | undefined;
  readonly failures: number;
  readonly traffic: Traffic;
}

/** How a peer copies to several targets: side by side, and one after the other. */
function waysOf(peer: Peer, source: string, to: readonly string[]) {
  const commands = to.map((target) => peer.copy(source, target));
  const ways = new Map([[`${peer.name} side by side`, () => measure(commands)]]);
  if (to.length > 1) ways.set(`${peer.name} one by one`, () => inTurn(commands));
  return ways;
}

/** Alternates the runs, so that what else the machine does meets all alike. */
async function runAll(
  bench: Bench,
  each: Case,
  runners: ReadonlyMap<string, () => Promise<Measured>>,
): Promise<ReadonlyMap<string, Result>> {
  const arrange =
    each.before ??
    (() => {
      for (const target of bench.targets) target.empty();
      return Promise.resolve();
    });
  const all = new Map<string, { readonly runs: Measured[]; readonly traffic: Traffic }>();
  for (let run = 0; run < each.runs; run += 1) {
    for (const [name, runner] of runners) {
      await arrange();
      bench.takeTraffic();
      const measured = await runner().catch((error: unknown) => {
        process.stderr.write(`${each.name}: ${String(error).slice(0, 300)}\n`);
        return undefined;
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      const known = all.get(name) ?? { runs: [], traffic: bench.takeTraffic() };
      if (measured !== undefined) known.runs.push(measured);
      all.set(name, known);
    }
  }
  return new Map(
    [...all].map(([name, { runs, traffic }]) => {
      const measured = runs.length === 0 ? undefined : median(runs);
      return [name, { measured, failures: each.runs - runs.length, traffic }] as const;
    }),
  );
}

async function inTurn(commands: readonly (readonly string[])[]): Promise<Measured> {
  const all: Measured[] = [];
  for (const command of commands) all.push(await measure([command]));
  const sum = (of: (each: Measured) => number) => all.reduce((total, each) => total + of(each), 0);
  const peakMib = Math.max(...all.map((each) => each.peakMib));
  return { wallS: sum((each) => each.wallS), cpuS: sum((each) => each.cpuS), peakMib, output: '' };
}

function casesOf(bench: Bench): readonly Case[] {
  const { source } = bench;
  const push = (tag: string, sizes: readonly number[], shared: readonly Part[] = []) =>
    pushLayers(source, { repository: REPOSITORY, tag, sizes }, shared);
  const tenLayers = Array.from({ length: 10 }, () => 82 * MIB);
  const ten = once(() => push('ten', tenLayers));
  const nineKnown = once(async () => {
    const { layers } = await ten();
    return push('nine-known', tenLayers, layers.slice(0, 9));
  });
  const smallLayers = Array.from({ length: 60 }, () => 200 * 1024);
  const sixty = once(() => push('sixty', smallLayers));
  const copyTo = async (tag: string) => {
    const [from = '', ...to] = bench.hosts('near').map((host) => `${host}/${REPOSITORY}:${tag}`);
    await measure(farshore(from, to));
  };
  const withTen = async () => {
    for (const target of bench.targets) target.empty();
    await copyTo('ten');
  };
  const near = { where: 'near', runs: RUNS, budget: {}, targets: 3 } as const;
  const far = { ...near, where: 'far' } as const;
  return [
    {
      ...near,
      name: '1 -> 1, 0.8 GiB in 10 layers',
      tag: 'ten',
      push: ten,
      targets: 1,
      budget: { wall: 0.85, cpu: 0.7 },
    },
    {
      ...near,
      name: '1 -> 3, 0.8 GiB in 10 layers',
      tag: 'ten',
      push: ten,
      budget: { wall: 0.6, cpu: 0.4 },
    },
    { ...near, name: '1 -> 3, 60 layers of 200 KiB', tag: 'sixty', push: sixty },
    { ...far, name: '1 -> 3, 60 layers of 200 KiB, 80 ms', tag: 'sixty', push: sixty },
    {
      ...near,
      name: '1 -> 3, 60 layers of 200 KiB, 80 ms, resets at 0.1 % of chunks',
      tag: 'sixty',
      where: 'lossy',
      push: once(async () => {
        await sixty();
        await bench.startLossy();
      }),
    },
    {
      ...near,
      name: '1 -> 3, five platforms and their signatures',
      tag: 'platforms',
      push: once(() => pushPlatforms(source)),
    },
    {
      ...far,
      name: '1 -> 3, 9 of 10 layers present, 80 ms',
      tag: 'nine-known',
      push: nineKnown,
      budget: { wall: 0.4 },
      before: withTen,
    },
    {
      ...far,
      name: '1 -> 3, nothing to do, 80 ms',
      tag: 'ten',
      push: ten,
      budget: { wall: 0.5 },
      before: () => copyTo('ten'),
    },
    {
      ...near,
      name: '1 -> 3, 4 GiB with a layer of 3 GiB, no disks',
      tag: 'large',
      where: 'endless',
      push: once(() => bench.startEndless([3 * 1024, 512, 256, 256])),
      runs: 1,
      before: () => bench.forgetEndless(),
    },
  ];
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
}

/** An index of five platforms; each has a signature by tag, as cosign makes them. */
async function pushPlatforms(source: BenchRegistry): Promise<void> {
  const platforms = await Promise.all(
    ['amd64', 'arm64', 'arm', 's390x', 'ppc64le'].map(async (architecture) => {
      const { manifest } = await pushLayers(source, {
        repository: REPOSITORY,
        sizes: [4 * MIB, 2 * MIB, 1_000],
      });
      const tag = `${manifest.digest.replace(':', '-')}.sig`;
      await pushLayers(source, { repository: REPOSITORY, tag, sizes: [250] });
      return { mediaType: types.manifest, ...manifest, platform: { architecture, os: 'linux' } };
    }),
  );
  await source.pushManifest(REPOSITORY, 'platforms', {
    mediaType: types.index,
    manifests: platforms,
  });
}

function lineOf({ name, peer, ours, theirs, traffic: [own, other], budget }: Row): string {
  const ratio = (one: number, two: number | undefined, limit: number | undefined) => {
    if (two === undefined) return '';
    const value = one / two;
    const verdict =
      limit === undefined ? '' : ` (budget ${limit}: ${value <= limit ? 'held' : 'MISSED'})`;
    return `${value.toFixed(2)}x${verdict}`;
  };
  const cells = [
    name,
    peer,
    `${ours.wallS.toFixed(2)} / ${theirs?.wallS.toFixed(2) ?? '-'} s`,
    ratio(ours.wallS, theirs?.wallS, budget.wall),
    `${ours.cpuS.toFixed(2)} / ${theirs?.cpuS.toFixed(2) ?? '-'} s`,
    ratio(ours.cpuS, theirs?.cpuS, budget.cpu),
    `${ours.peakMib.toFixed(0)} / ${theirs?.peakMib.toFixed(0) ?? '-'} MiB`,
    // Registries without a disk count nothing.
    own.requests === 0 ? '' : `${own.requests} / ${other.requests}`,
    own.requests === 0 ? '' : `${own.sourceMib.toFixed(1)} / ${other.sourceMib.toFixed(1)} MiB`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function documentOf(rows: readonly Row[]): string {
  const [cpu] = os.cpus();
  const version = (file: string, args: readonly string[]) =>
    execFileSync(file, args, { encoding: 'utf8' }).trim().split('\n')[0] ?? '';
  const peak = Math.max(...rows.map(({ ours }) => ours.peakMib));
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench:copy`. Each pair is Farshore / peer, measured in the same run between the',
    "same registries: Debian's `docker-registry` on loopback with its content in memory; the largest image",
    'is made and forgotten by registries without a disk. Wall time is of the whole command with its start,',
    'processor time of the copier alone, memory its peak (of peers side by side together). Runs are',
    'alternated; the one in the middle by wall time counts. The peer of copies to three targets is the',
    'faster of three side by side and one after the other. crane and regctl have rows where they are on',
    'the PATH. A link that resets does so at one of a thousand chunks of up to 64 KiB; peers try again',
    'as they do by themselves, skopeo up to five times.',
    '',
    `Machine: ${os.cpus().length} x ${cpu?.model ?? 'unknown'}, ${Math.round(os.totalmem() / 1024 ** 3)} GiB, ` +
      `load before the run ${loadBefore.toFixed(1)}.`,
    `Versions: Node ${process.version}, ` +
      [...peers.map(({ version: of }) => of), ['docker-registry', '--version']]
        .map(([file = '', ...args]) => version(file, args))
        .join(', ') +
      '.',
    '',
    '| copy | peer | wall | ratio | processor | ratio | peak memory | requests | read from source |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(lineOf),
    '',
    `Largest peak of Farshore over all copies: ${peak.toFixed(0)} MiB ` +
      `(budget 256 MiB: ${peak <= 256 ? 'held' : 'MISSED'}).`,
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  if (absent.length > 0) {
    process.stdout.write(`Skipped: this benchmark needs ${absent.join(', ')}.\n`);
    return;
  }
  const wanted = process.argv.slice(2);
  const bench = new Bench();
  const rows: Row[] = [];
  try {
    await bench.start();
    for (const each of casesOf(bench)) {
      if (wanted.length > 0 && !wanted.some((part) => each.name.includes(part))) continue;
      const found = await compare(bench, each);
      rows.push(...found);
      process.stdout.write(found.map((row) => `${lineOf(row)}\n`).join(''));
    }
  } finally {
    bench.stop();
    rmSync(cache, { recursive: true, force: true });
  }
  const isAll = wanted.length === 0;
  if (isAll) writeFileSync('docs/benchmarks.md', documentOf(rows));
  else process.stdout.write('A part only: docs/benchmarks.md stays as it is.\n');
}

await main();
