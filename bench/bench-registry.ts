import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** One `docker-registry` of Debian on a loopback port, its content in a folder of its own. */
export class BenchRegistry {
  readonly port: number;
  readonly host: string;
  readonly #folder: string;
  readonly #config: string;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(folder: string, port: number) {
    this.port = port;
    this.host = `localhost:${port}`;
    this.#folder = path.join(folder, `${port}`);
    this.#config = path.join(folder, `${port}.yml`);
    const lines = [
      'version: 0.1',
      'log: {level: error, accesslog: {disabled: false}}',
      `storage: {filesystem: {rootdirectory: ${this.#folder}}}`,
      // Layers that lie elsewhere are refused unless their address is allowed.
      "validation: {manifests: {urls: {allow: ['^https://']}}}",
      `http: {addr: "127.0.0.1:${port}", secret: bench}`,
    ];
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#config, lines.join('\n'));
  }

  async start(): Promise<void> {
    this.#child = spawn('docker-registry', ['serve', this.#config], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString();
    });
    for (let tries = 0; tries < 100; tries += 1) {
      const isUp = await fetch(`http://${this.host}/v2/`).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`docker-registry did not start on port ${this.port}`);
  }

  stop(): void {
    this.#child?.kill();
  }

  /** Requests it answered since the last call, and bytes of its answers. */
  takeTraffic(): { readonly requests: number; readonly bytes: number } {
    const answers = [...this.#log.matchAll(/HTTP\/1\.1" \d{3} (\d+)/g)];
    this.#log = '';
    return {
      requests: answers.length,
      bytes: answers.reduce((sum, [, bytes]) => sum + Number(bytes), 0),
    };
  }

  /** Forgets everything; the running registry notices nothing of it. */
  empty(): void {
    rmSync(path.join(this.#folder, 'docker'), { recursive: true, force: true });
  }

  async push(repository: string, bytes: Buffer): Promise<Part> {
    const base = `http://${this.host}/v2/${repository}`;
    const digest = sha256(bytes);
    const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
    const put = new URL(begun.headers.get('location') ?? '');
    put.searchParams.set('digest', digest);
    const done = await fetch(put, { method: 'PUT', body: new Uint8Array(bytes) });
    if (done.status !== 201) throw new Error(`blob: ${done.status} ${await done.text()}`);
    return { digest, size: bytes.length };
  }

  async pushManifest(repository: string, tag: string | undefined, content: object): Promise<Part> {
    const body = JSON.stringify({ schemaVersion: 2, ...content });
    const digest = sha256(Buffer.from(body));
    const url = `http://${this.host}/v2/${repository}/manifests/${tag ?? digest}`;
    const { mediaType } = content as { readonly mediaType: string };
    const headers = { 'content-type': mediaType };
    const done = await fetch(url, { method: 'PUT', headers, body });
    if (done.status !== 201) throw new Error(`manifest: ${done.status} ${await done.text()}`);
    return { digest, size: body.length };
  }
}

export interface Part {
  readonly digest: string;
  readonly size: number;
}

const oci = 'application/vnd.oci.image';
export const types = {
  manifest: `${oci}.manifest.v1+json`,
  index: `${oci}.index.v1+json`,
  config: `${oci}.config.v1+json`,
  layer: `${oci}.layer.v1.tar+gzip`,
};

/** Pushes a single-platform image of random layers; the first ones may be another image's. */
export async function pushLayers(
  registry: BenchRegistry,
  image: { readonly repository: string; readonly tag?: string; readonly sizes: readonly number[] },
  shared: readonly Part[] = [],
): Promise<{ readonly manifest: Part; readonly layers: readonly Part[] }> {
  const { repository, tag, sizes } = image;
  const layers = [...shared];
  for (const size of sizes.slice(shared.length)) {
    layers.push(await registry.push(repository, randomBytes(size)));
  }
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  const manifest = await registry.pushManifest(repository, tag, {
    mediaType: types.manifest,
    config: { mediaType: types.config, ...(await registry.push(repository, config)) },
    layers: layers.map((layer) => ({ mediaType: types.layer, ...layer })),
  });
  return { manifest, layers };
}

/** The proxy that stands before a registry; runs apart, so that it costs the copier nothing. */
export function startLatencyProxy(
  listen: number,
  target: number,
  link: { readonly roundTripMs: number; readonly resetShare?: number },
) {
  const { roundTripMs, resetShare = 0 } = link;
  return startHelper('./latency-proxy.ts', listen, [target, roundTripMs, resetShare]);
}

/** A registry that makes what it gives and forgets what it takes. */
export function startEndlessRegistry(listen: number, mebibytes: readonly number[]) {
  return startHelper('./endless-registry.ts', listen, mebibytes);
}

async function startHelper(file: string, listen: number, args: readonly number[]) {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [program, `${listen}`, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { host: `localhost:${listen}`, stop: () => child.kill() };
}

function randomBytes(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at += 64 * 1024 * 1024) {
    randomFillSync(bytes, at, Math.min(64 * 1024 * 1024, size - at));
  }
  return bytes;
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
