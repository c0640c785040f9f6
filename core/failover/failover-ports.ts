import type { ControlPorts, Ports } from '../ports.ts';

/** What a failover decision is observed through. */
export type FailoverSight = ControlPorts & Pick<Ports, 'services' | 'alarms' | 'images' | 'probes'>;

/** The same, and what traffic is moved with. */
export type FailoverPorts = FailoverSight & Pick<Ports, 'latch' | 'hooks'>;
