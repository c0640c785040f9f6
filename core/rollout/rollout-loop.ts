import type { Fleet } from '../contract/fleet.ts';
import type { ControlLoop } from '../control-loop.ts';
import { actOnRollout } from './act-on-rollout.ts';
import { decideRollout } from './decide-rollout.ts';
import { describeRollout } from './describe-rollout.ts';
import { observeRollout, type RolloutObserved } from './observe-rollout.ts';
import type { RolloutDecision } from './rollout-decision.ts';
import { parseRolloutEvents, type RolloutEvent } from './rollout-event.ts';
import type { RolloutPorts } from './rollout-ports.ts';

export type RolloutLoop = ControlLoop<RolloutEvent, RolloutObserved, RolloutDecision>;

/**
 * Takes a replicated image to the services, region by region. Every region's function can make
 * the next step, because all that is known of a rollout is in the journal.
 */
export function rolloutLoop(fleet: Fleet, ports: RolloutPorts): RolloutLoop {
  return {
    name: 'rollout',
    // A step makes a handful of calls; the function ends after 60 s.
    silentMsMax: 60_000,
    parse: (raw) => parseRolloutEvents(fleet, raw),
    observe: (event) => observeRollout(ports, event),
    decide: decideRollout,
    act: (decision, observed) => actOnRollout(fleet, ports, { decision, observed }),
    describe: describeRollout,
  };
}
