import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { FleetProblem } from '../../core/contract/fleet-problem.ts';
import type { Fleet } from '../../core/contract/fleet.ts';
import { parseFleet } from '../../core/contract/parse-fleet.ts';
import { checkDeployable } from '../../rehearsal/check-deployable.ts';
import { checkAgainstFleet } from '../../rehearsal/check-against-fleet.ts';
import { parseScenario } from '../../rehearsal/parse-scenario.ts';
import type { Scenario } from '../../rehearsal/scenario.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { loadFleet } from '../fleet-file.ts';
import { synthesize } from '../start-sandbox.ts';
import { describeFaults, readYaml } from '../yaml-file.ts';

/** A scenario with all that is needed to play it. */
export interface LoadedScenario {
  readonly file: string;
  readonly scenario: Scenario;
  readonly fleet: Fleet;
  /** The fleet file; with a patch, one that was written for this run. */
  readonly fleetFile: string;
  /** What each `fleet` step deploys, in order of their time. */
  readonly fleets: readonly Fleet[];
}

/**
 * Reads scenarios and synthesizes the fleets they are about, each once: everything that can be
 * wrong with the input ends the command before anything plays.
 */
export class ScenarioFiles {
  readonly #directory = mkdtempSync(path.join(os.tmpdir(), 'farshore-rehearsal-'));
  readonly #assemblies = new Map<string, Promise<string>>();
  readonly #patched = new Map<string, string>();

  /** @param fleetFile plays the scenario on this fleet instead of its own */
  load(file: string, fleetFile: string | undefined): LoadedScenario {
    const read = readYaml(file, 'scenario');
    if (!read.ok) throw usage(describeFaults(file, read.faults));
    const parsed = parseScenario(read.value);
    if (!parsed.ok) throw usage(describeFaults(file, read.locate(parsed.problems)));
    const { scenario } = parsed;
    const ownFleet = this.#fleetFile(file, scenario, fleetFile);
    const fleet = loadFleet(ownFleet);
    const problems = checkAgainstFleet(scenario, fleet);
    if (problems.length > 0) throw usage(describeFaults(file, read.locate(problems)));
    const changed = this.#laterFleets(scenario, ownFleet, fleet);
    if (changed.problems.length > 0) {
      throw usage(describeFaults(file, read.locate(changed.problems)));
    }
    return { file, scenario, fleet, fleetFile: ownFleet, fleets: changed.fleets };
  }

  /** Each patch is laid over what the one before it made. */
  #laterFleets(scenario: Scenario, fleetFile: string, first: Fleet) {
    let value: unknown = parse(readFileSync(fleetFile, 'utf8'));
    const fleets: Fleet[] = [];
    const problems: FleetProblem[] = [];
    const steps = scenario.steps.map((step, index) => ({ ...step, index }));
    for (const { fleet, index } of steps.toSorted((one, other) => one.at - other.at)) {
      if (fleet === undefined) continue;
      value = merged(value, fleet.patch);
      const path = ['steps', index, 'fleet', 'patch'];
      const parsed = parseFleet(value);
      if (parsed.ok) {
        fleets.push(parsed.fleet);
        problems.push(...checkDeployable(first, parsed.fleet, path));
      } else {
        problems.push(
          ...parsed.problems.map(({ path: of, ...rest }) => {
            return { ...rest, path, message: `${of.join('.')}: ${rest.message}` };
          }),
        );
      }
    }
    return { fleets, problems };
  }

  /** The synthesized cloud assembly of a fleet file. */
  assembly(fleetFile: string): Promise<string> {
    const known = this.#assemblies.get(fleetFile);
    if (known !== undefined) return known;
    const directory = path.join(this.#directory, `assembly-${this.#assemblies.size}`);
    const made = synthesize(fleetFile, directory).then(() => directory);
    this.#assemblies.set(fleetFile, made);
    return made;
  }

  /** Removes what was written. */
  close(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #fleetFile(file: string, { fleet }: Scenario, named: string | undefined): string {
    const beside = (name: string): string => path.resolve(path.dirname(file), name);
    if (typeof fleet === 'string') return named ?? beside(fleet);
    const base = named ?? beside(fleet.file);
    const patched = stringify(merged(parse(readFileSync(base, 'utf8')), fleet.patch));
    const known = this.#patched.get(patched);
    if (known !== undefined) return known;
    const written = path.join(this.#directory, `fleet-${this.#patched.size}.yaml`);
    writeFileSync(written, patched);
    this.#patched.set(patched, written);
    return written;
  }
}

/** Groups of keys are merged, everything else is replaced, and null removes. */
function merged(base: unknown, patch: unknown): unknown {
  if (!isGroup(patch)) return patch;
  const own = isGroup(base) ? base : {};
  const keys = [...new Set([...Object.keys(own), ...Object.keys(patch)])];
  const kept = keys.filter((key) => patch[key] !== null);
  return Object.fromEntries(
    kept.map((key) => [key, Object.hasOwn(patch, key) ? merged(own[key], patch[key]) : own[key]]),
  );
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function usage(text: string): CommandError {
  return new CommandError(exitCode.usage, text);
}
