import type { Fleet } from '../contract/fleet.ts';
import type { ControlLoop } from '../control-loop.ts';
import { parseEvent } from '../events/parse-event.ts';
import { actOnReplication } from './act-on-replication.ts';
import {
  decideReplication,
  imageOfSubject,
  type ReplicationDecision,
} from './decide-replication.ts';
import { describeReplication } from './describe-replication.ts';
import {
  observeReplication,
  type ReplicationEvent,
  type ReplicationObserved,
} from './observe-replication.ts';
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
    silentMsMax: 120_000,
    parse: (raw) => parseReplicationEvents(fleet, ports.region, raw),
    observe: (event) => observeReplication(ports, event),
    decide: decideReplication,
    act: (decision, observed, run) => actOnReplication(ports, { decision, observed, run }),
    describe: describeReplication,
  };
}

/** Only the home region copies, so a copy's own push event in a target starts nothing there. */
function parseReplicationEvents(
  fleet: Fleet,
  region: string,
  raw: unknown,
): readonly ReplicationEvent[] {
  const event = parseEvent(raw);
  const homed = Object.entries(fleet.applications)
    .filter(([, application]) => application.home === region)
    .map(([app, application]) => ({ app, application }));
  if (event?.kind === 'wake') {
    const image = event.subject === undefined ? undefined : imageOfSubject(event.subject);
    return homed
      .filter(({ app }) => app === event.app)
      .map((of) => ({ ...of, ...(image === undefined ? {} : { image }) }));
  }
  if (event?.kind !== 'image-pushed' || event.region !== region) return [];
  const { digest, tag } = event;
  const image = { digest, ...(tag === undefined ? {} : { tag }) };
  return homed
    .filter(({ application }) => application.image.repository === event.repository)
    .map((of) => ({ ...of, image }));
}
