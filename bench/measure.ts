import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What one command, or several side by side, cost. */
export interface Measured {
  readonly wallS: number;
  /** User and system time of the copiers alone. */
  readonly cpuS: number;
  /** Of all copiers together. */
  readonly peakMib: number;
  readonly output: string;
}

/** Runs commands side by side under GNU time; throws when one fails. */
export async function measure(commands: readonly (readonly string[])[]): Promise<Measured> {
  const startedAtMs = performance.now();
  const ran = await Promise.all(commands.map((command, at) => run(command, at)));
  return {
    wallS: (performance.now() - startedAtMs) / 1_000,
    cpuS: ran.reduce((sum, { cpuS }) => sum + cpuS, 0),
    peakMib: ran.reduce((sum, { peakMib }) => sum + peakMib, 0),
    output: ran.map(({ output }) => output).join(''),
  };
}

async function run(command: readonly string[], at: number) {
  const file = path.join(tmpdir(), `farshore-bench-${process.pid}-${at}`);
  const child = spawn('/usr/bin/time', ['-o', file, '-f', '%U %S %M', ...command]);
  let output = '';
  let problems = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status ?? -1}: ${problems}`);
  const [user = 0, system = 0, kib = 0] = readFileSync(file, 'utf8').trim().split(' ').map(Number);
  rmSync(file);
  return { cpuS: user + system, peakMib: kib / 1024, output };
}

/** The run in the middle by wall time, so that one disturbed run does not count. */
export function median(runs: readonly Measured[]): Measured {
  const [middle] = [...runs]
    .sort((one, other) => one.wallS - other.wallS)
    .slice(Math.floor(runs.length / 2));
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}
