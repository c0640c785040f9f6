import type { AlarmStates, ControlPorts, Ports } from '../ports.ts';

/** What a failover decision is observed through. */
export type FailoverSight = ControlPorts &
  Pick<Ports, 'services' | 'images' | 'probes'> & { readonly alarms: AlarmStates };

/** The same, and what traffic is moved with. */
export type FailoverPorts = FailoverSight & Pick<Ports, 'latch' | 'hooks'>;
