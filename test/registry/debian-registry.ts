import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BenchRegistry } from '../../bench/bench-registry.ts';

/** Whether this machine has Debian's `docker-registry`, which stands for what others run. */
export const hasDebianRegistry = existsSync('/usr/bin/docker-registry');

export const hasSkopeo = existsSync('/usr/bin/skopeo');

/** Starts one with its content in a folder of its own. */
export async function startDebianRegistry() {
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(path.join(memory, 'farshore-registry-'));
  const registry = new BenchRegistry(folder, await freePort());
  await registry.start();
  return {
    host: `127.0.0.1:${registry.port}`,
    close: () => {
      registry.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
