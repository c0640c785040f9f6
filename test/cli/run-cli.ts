import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

export interface CliAnswer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const CLI = path.resolve('bin/farshore.mjs');

/** Runs the command line in a folder, as a person would. */
export function runCli(folder: string, ...args: readonly string[]): CliAnswer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: withoutJest(),
  });
  return { status, stdout, stderr };
}

/** Starts a command that stays, such as `sandbox up`. */
export function startCli(folder: string, ...args: readonly string[]) {
  return spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: withoutJest(),
  });
}

/** Jest's own settings of Node are not meant for a command that it starts. */
function withoutJest(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return env;
}
