import type { Fleet } from '../../core/contract/fleet.ts';
import type { FunctionName } from '../../core/contract/functions.ts';
import { type ControlLoop, runControlLoop } from '../../core/control-loop.ts';
import type { Decision } from '../../core/decision.ts';
import type { Ports } from '../../core/ports.ts';
import { type Handler, lambdaHandler, type Surroundings } from './lambda-handler.ts';
import type { Environment } from './read-env.ts';

/** Builds the handler of a function that takes every message through one control loop. */
export function loopHandler<Event, Observed, Decided extends Decision>(
  name: FunctionName,
  environment: Environment,
  makeLoop: (fleet: Fleet, ports: Ports) => ControlLoop<Event, Observed, Decided>,
  surroundings?: Surroundings,
): Handler {
  return lambdaHandler(
    name,
    environment,
    ({ fleet, ports, telemetry }) => {
      const loop = makeLoop(fleet, ports);
      return async (body) => {
        telemetry.decided(await runControlLoop(loop, body, ports));
      };
    },
    surroundings,
  );
}
