import type { ControlPorts, Ports } from '../ports.ts';

/** What a rollout reads and changes; the account is part of the image's address. */
export type RolloutPorts = ControlPorts & Pick<Ports, 'images' | 'services' | 'accountId'>;
