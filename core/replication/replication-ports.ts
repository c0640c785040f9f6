import type { Meter } from '../meter.ts';
import type { ControlPorts, Ports } from '../ports.ts';

/** What replication reads and changes: registries, and its own news to the rollout. */
export type ReplicationPorts = ControlPorts &
  Pick<Ports, 'events' | 'images' | 'nativeReplication' | 'repositories'> & {
    readonly meter: Meter;
  };
