import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const farshore = fileURLToPath(new URL('../../bin/farshore.ts', import.meta.url));

/** `farshore images` in a process of its own; `ended` gives null when it was killed. */
export function startImages(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [farshore, 'images', ...args], {
    env: {
      ...process.env,
      XDG_CACHE_HOME: folder,
      DOCKER_CONFIG: folder,
      NODE_OPTIONS: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, said };
}

/** What `docker login` would write. */
export function logIn(folder: string, hosts: readonly string[]): void {
  const auth = Buffer.from('AWS:token').toString('base64');
  const auths = Object.fromEntries(hosts.map((host) => [host, { auth }]));
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ auths }));
}
