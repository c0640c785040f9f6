import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Fleet } from '../core/contract/fleet.ts';
import { parseFleet } from '../core/contract/parse-fleet.ts';
import { CommandError, exitCode } from './exit-code.ts';
import { readSandboxState } from './sandbox-state.ts';

/** A fault of a fleet file, with the line to look at. */
export interface FleetFault {
  readonly line: number;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export type FleetReading =
  | { readonly ok: true; readonly fleet: Fleet }
  | { readonly ok: false; readonly faults: readonly FleetFault[] };

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

export function describeFaults(file: string, faults: readonly FleetFault[]): string {
  return faults
    .map(({ line, path: field, message, remedy }) => {
      const where = field === '' ? '' : ` ${field}:`;
      return `${file}:${line}:${where} ${message}\n  ${remedy}`;
    })
    .join('\n');
}

/** Reads and checks a fleet file without ending anything. */
export function readFleet(file: string): FleetReading {
  const text = readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => ({
      line: error.linePos?.[0].line ?? 1,
      path: '',
      message: error.message.split('\n', 1)[0] ?? error.message,
      remedy: 'Mend the YAML: check indentation, quotes and brackets on this line.',
    }));
    return { ok: false, faults };
  }
  const parsed = parseFleet(document.toJS());
  if (parsed.ok) return parsed;
  const lineOf = (field: readonly (string | number)[]): number => {
    for (let depth = field.length; depth >= 0; depth -= 1) {
      const found = keyOrNode(document, field.slice(0, depth));
      if (found !== undefined) return lines.linePos(found).line;
    }
    return 1;
  };
  const faults = parsed.problems.map((problem) => ({
    line: lineOf(problem.path),
    path: problem.path.join('.'),
    message: problem.message,
    remedy: problem.remedy,
  }));
  return { ok: false, faults };
}

/** Offset of the key that a path ends in, or of its value for items of a list. */
function keyOrNode(
  document: ReturnType<typeof parseDocument>,
  field: readonly (string | number)[],
): number | undefined {
  const last = field.at(-1);
  const parent: unknown = field.length === 0 ? undefined : document.getIn(field.slice(0, -1), true);
  const items = (parent as { readonly items?: readonly { readonly key?: unknown }[] } | undefined)
    ?.items;
  const pair = items?.find(({ key }) => isNode(key) && String(key) === String(last));
  if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0];
  const node: unknown = document.getIn(field, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const where = path.resolve(file);
    throw new CommandError(exitCode.usage, `Cannot read the fleet file ${where}: ${reason}`, {
      cause: error,
    });
  }
}
