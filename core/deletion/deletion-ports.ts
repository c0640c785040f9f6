import type { ControlPorts, Ports } from '../ports.ts';

/** What deletion reads and changes: registries, and what ECS runs from them. */
export type DeletionPorts = ControlPorts & Pick<Ports, 'images' | 'imageUse' | 'repositories'>;
