import { existsSync } from 'node:fs';
import type { Fleet } from '../core/contract/fleet.ts';
import { parseFleet } from '../core/contract/parse-fleet.ts';
import { CommandError, exitCode } from './exit-code.ts';
import { readSandboxState } from './sandbox-state.ts';
import { describeFaults, type FileFault, readYaml } from './yaml-file.ts';

export type FleetReading =
  | { readonly ok: true; readonly fleet: Fleet }
  | { readonly ok: false; readonly faults: readonly FileFault[] };

/** The fleet file a command means: the one it names, the running local cloud's, or the usual. */
export function fleetPath(named: string | undefined): string {
  if (named !== undefined) return named;
  const running = readSandboxState();
  if (running !== undefined) return running.fleetFile;
  const usual = ['fleet.yaml', 'examples/shop/fleet.yaml'].find((file) => existsSync(file));
  if (usual !== undefined) return usual;
  throw new CommandError(
    exitCode.usage,
    'There is no fleet.yaml here. Name one with --fleet FILE.',
  );
}

/** Reads a fleet file; ends the command with every fault, its line and its remedy. */
export function loadFleet(file: string): Fleet {
  const reading = readFleet(file);
  if (reading.ok) return reading.fleet;
  throw new CommandError(exitCode.usage, describeFaults(file, reading.faults));
}

/** Reads and checks a fleet file without ending anything. */
export function readFleet(file: string): FleetReading {
  const read = readYaml(file, 'fleet file');
  if (!read.ok) return read;
  const parsed = parseFleet(read.value);
  return parsed.ok ? parsed : { ok: false, faults: read.locate(parsed.problems) };
}
