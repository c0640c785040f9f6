// Runs before `npm run demo`, `npm test` and the other scripts, on whatever Node the host has:
// installs the packages when they are not those of the lock file, and says so. Versions are
// compared rather than times: git gives a lock file that changed nothing a new time.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const wanted = packagesIn('package-lock.json');
const installed = packagesIn('node_modules/.package-lock.json');
// What is optional is installed on some platforms only.
const isFresh = Object.entries(wanted).every(
  ([path, { version, optional }]) => optional || installed[path]?.version === version,
);

if (!isFresh) {
  process.stderr.write('Installing the packages of package-lock.json (npm ci) ...\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function packagesIn(name) {
  const file = new URL(name, root);
  if (!existsSync(file)) return {};
  const { '': _project, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages;
  return packages;
}
