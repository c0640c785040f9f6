#!/usr/bin/env node
// Starts the command line on a Node that runs TypeScript: this one, or the one among the packages.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/bin/farshore.js', import.meta.url);
const source = new URL('./farshore.ts', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (!existsSync(source)) {
  await import(built.href);
} else if (major > 22 || (major === 22 && minor >= 18)) {
  await import(source.href);
} else {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write('Farshore is not installed yet: run `npm ci` first.\n');
    process.exit(5);
  }
  const child = spawn(node, [fileURLToPath(source), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // Ctrl-C reaches the whole group by itself; a plain kill has to be handed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}
