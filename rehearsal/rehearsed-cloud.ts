import type { Fleet } from '../core/contract/fleet.ts';
import { type FunctionName, functions } from '../core/contract/functions.ts';
import { everyFunction } from '../lambdas/compose/every-function.ts';
import { buildCloud, type BuiltCloud } from '../sandbox/build-cloud.ts';
import { deployAssembly } from '../sandbox/deploy/deploy-assembly.ts';
import type { CallGate } from '../sandbox/lambda-runtime/call-gate.ts';
import type { FunctionSpec } from '../sandbox/lambda-runtime/function-runtime.ts';
import {
  type FunctionHandler,
  InProcessRuntime,
} from '../sandbox/lambda-runtime/in-process-runtime.ts';
import { seedUserResources } from '../sandbox/user-resources.ts';
import { VirtualDriver } from '../sandbox/virtual-driver.ts';
import { World } from '../sandbox/world.ts';
import type { Tamper } from './call-in-world-time.ts';
import { type FunctionProblem, type Place, worldSurroundings } from './world-surroundings.ts';

export interface RehearsalOptions {
  readonly fleet: Fleet;
  /** Directory of the fleet's synthesized cloud assembly. */
  readonly assembly: string;
  readonly seed: number;
  /** For tests: breaks every function in one way, once the cloud is at rest. */
  readonly tamper?: Tamper;
}

/** A fleet that was deployed to a local cloud in virtual time and has come to rest. */
export interface RehearsedCloud {
  /** The fleet that functions read now. */
  readonly fleet: Fleet;
  /** Gives every function another fleet with its next event, as a deployment does. */
  readonly deploy: (fleet: Fleet) => void;
  readonly built: BuiltCloud;
  readonly driver: VirtualDriver;
  /** World time at which the rehearsal begins, ms since the epoch. */
  readonly startMs: number;
  /** What functions logged as problems, oldest first. */
  readonly problems: readonly FunctionProblem[];
  /** What feeds the metrics of the user's alarms, by region and alarm; each call ends one. */
  readonly metrics: Map<string, () => void>;
  close(): void;
}

/** A Monday at noon, with no day of a freeze near. */
const DEPLOYED_AT_MS = Date.UTC(2026, 2, 2, 11, 57);

/** Until each health check, alarm and sweep has had its first turns. */
const SETTLE_MS = 3 * 60_000;

/** An account id no real account has. */
const ACCOUNT_ID = '123456789012';

/** Deploys a fleet to a cloud of its own and lets it come to rest. */
export async function openRehearsal(options: RehearsalOptions): Promise<RehearsedCloud> {
  const { fleet, seed, assembly } = options;
  let isAtRest = false;
  const tamper = heldBack(options.tamper, () => isAtRest);
  const world = new World({ seed, startMs: DEPLOYED_AT_MS });
  const problems: FunctionProblem[] = [];
  let current = fleet;
  const handlerOf = (fn: FunctionSpec, gate: CallGate): FunctionHandler => {
    const make = () =>
      makeHandler(built, { fleet: current, fn, gate, tamper }, (problem) => problems.push(problem));
    let made = { fleet: current, handler: make() };
    return (event, context) => {
      if (made.fleet !== current) made = { fleet: current, handler: make() };
      return made.handler(event, context);
    };
  };
  const runtime = new InProcessRuntime({
    world,
    faults: {
      killsAfter: (call) => built.cloud.faults.killsAfter(call),
      freezeMs: (call) => built.cloud.faults.freezeMs(call),
      skewMs: (region, name) => built.cloud.faults.skewMs(region, name),
    },
    makeHandler: handlerOf,
  });
  const regions = Object.keys(fleet.regions);
  const built: BuiltCloud = buildCloud({ world, accountId: ACCOUNT_ID, regions, runtime });
  seedUserResources(built, fleet);
  await deployAssembly(built, assembly);
  const driver = new VirtualDriver(world);
  await driver.runFor(SETTLE_MS);
  isAtRest = true;
  return {
    get fleet() {
      return current;
    },
    deploy: (next) => {
      current = next;
    },
    built,
    driver,
    startMs: world.nowMs(),
    problems,
    metrics: new Map(),
    close: () => {
      built.models.ecr.close();
    },
  };
}

/** A fleet is deployed whole, and broken only afterwards. */
function heldBack(tamper: Tamper | undefined, isAtRest: () => boolean): Tamper | undefined {
  if (tamper === undefined) return undefined;
  return (call, input, run) => (isAtRest() ? tamper(call, input, run) : run(input));
}

function makeHandler(
  built: BuiltCloud,
  place: Place,
  onProblem: (problem: FunctionProblem) => void,
): FunctionHandler {
  const { environment, region } = place.fn;
  const name = environment['POWERTOOLS_SERVICE_NAME'] ?? '';
  if (!isFunctionName(name)) throw new Error(`${place.fn.name} is no function of Farshore`);
  const compose = everyFunction[name];
  const handler = compose(
    { ...environment, AWS_REGION: region },
    worldSurroundings(built, place, onProblem),
  );
  return (event, context) => handler(event as never, context as never);
}

function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(functions, name);
}
