import type { Fleet } from '../contract/fleet.ts';
import type { ControlLoop } from '../control-loop.ts';
import { actOnDeletion } from './act-on-deletion.ts';
import { decideDeletion, type DeletionDecision } from './decide-deletion.ts';
import { type DeletionEvent, parseDeletionEvents } from './deletion-event.ts';
import type { DeletionPorts } from './deletion-ports.ts';
import { describeDeletion } from './describe-deletion.ts';
import { type DeletionObserved, observeDeletion } from './observe-deletion.ts';

export type DeletionLoop = ControlLoop<DeletionEvent, DeletionObserved, DeletionDecision>;

/** Lets other regions follow the deletion of an image at home, where the fleet file asks for it. */
export function deletionLoop(fleet: Fleet, ports: DeletionPorts): DeletionLoop {
  return {
    name: 'replication',
    silentMsMax: 120_000,
    parse: (raw) => parseDeletionEvents(fleet, ports.region, raw),
    observe: (event) => observeDeletion(ports, fleet, event),
    decide: decideDeletion,
    act: (decision, observed, run) => actOnDeletion(fleet, ports, { decision, observed, run }),
    describe: describeDeletion,
  };
}
