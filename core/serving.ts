import type { Application } from './contract/fleet.ts';
import { journalKeys } from './contract/journal.ts';
import type { Journal, Versioned } from './ports.ts';

/**
 * Which region of an application serves. The failover loop extends and writes this document; the
 * other loops only read these fields.
 */
export interface Serving {
  readonly active: string;
  /** Grows with every move of traffic, planned or not. */
  readonly epoch: number;
  /** `moving` while traffic is on its way to another region. */
  readonly phase: 'steady' | 'moving';
  /** Where traffic is moving to. */
  readonly target?: string;
  /** When the newest move ended; ms since the epoch. */
  readonly movedAtMs?: number;
}

/** Before the first move nothing is written: the first region of the fleet file serves. */
export async function readServing<Document extends Serving = Serving>(
  journal: Journal,
  app: string,
  application: Application,
): Promise<Versioned<Document | Serving> & { readonly isStored: boolean }> {
  const found = await journal.read<Document>(journalKeys.failover(app));
  if (found !== undefined) return { ...found, isStored: true };
  const active = application.regions[0];
  if (active === undefined) throw new Error(`application ${app} has no region`);
  return { body: { active, epoch: 0, phase: 'steady' }, version: 0, isStored: false };
}
