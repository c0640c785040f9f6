import type { Fleet } from '../contract/fleet.ts';
import type { ControlLoop } from '../control-loop.ts';
import { actOnReplication } from './act-on-replication.ts';
import { SILENT_MS } from './decide-repair.ts';
import { decideReplication, type ReplicationDecision } from './decide-replication.ts';
import { describeReplication } from './describe-replication.ts';
import { observeReplication, type ReplicationObserved } from './observe-replication.ts';
import { parseReplicationEvents, type ReplicationEvent } from './replication-event.ts';
import type { ReplicationPorts } from './replication-ports.ts';

export type ReplicationLoop = ControlLoop<
  ReplicationEvent,
  ReplicationObserved,
  ReplicationDecision
>;

/** Copies what is pushed to an application's home region to all its other regions. */
export function replicationLoop(fleet: Fleet, ports: ReplicationPorts): ReplicationLoop {
  return {
    name: 'replication',
    silentMsMax: SILENT_MS,
    parse: (raw) => parseReplicationEvents(fleet, ports.region, raw),
    observe: (event) => observeReplication(ports, event),
    decide: decideReplication,
    act: (decision, observed, run) => actOnReplication(ports, { decision, observed, run }),
    describe: describeReplication,
  };
}
