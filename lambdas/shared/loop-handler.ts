import type { FunctionName } from '../../core/contract/functions.ts';
import { type ControlLoop, runControlLoop } from '../../core/control-loop.ts';
import type { Decision } from '../../core/decision.ts';
import { type Handler, lambdaHandler, type Setting, type Surroundings } from './lambda-handler.ts';
import type { Environment } from './read-env.ts';

/** Builds the handler of a function that takes every message through one control loop. */
export function loopHandler<Event, Observed, Decided extends Decision>(
  name: FunctionName,
  environment: Environment,
  makeLoop: (setting: Setting) => ControlLoop<Event, Observed, Decided>,
  surroundings?: Surroundings,
): Handler {
  return lambdaHandler(
    name,
    environment,
    (setting) => {
      const loop = makeLoop(setting);
      return async (body) => {
        setting.telemetry.decided(await runControlLoop(loop, body, setting.ports));
      };
    },
    surroundings,
  );
}
