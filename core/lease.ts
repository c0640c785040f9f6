import { journalKeys } from './contract/journal.ts';
import type { Journal } from './ports.ts';

/** Who may change an application now. A lease excludes; it does not damp. */
export interface Lease {
  readonly holder: LeaseHolder;
  /** Grows with every change of hands; an effect that carries a smaller one is stale. */
  readonly epoch: number;
  readonly untilMs: number;
}

export type LeaseHolder = 'rollout' | 'failover' | 'nobody';

/** A failover takes the lease from a rollout; nothing takes it from a failover. */
const preempts: Record<LeaseHolder, readonly LeaseHolder[]> = {
  failover: ['rollout', 'nobody', 'failover'],
  rollout: ['nobody', 'rollout'],
  nobody: [],
};

export async function readLease(journal: Journal, app: string, nowMs: number): Promise<Lease> {
  const found = await journal.read<Lease>(journalKeys.lease(app));
  if (found === undefined) return { holder: 'nobody', epoch: 0, untilMs: 0 };
  return found.body.untilMs > nowMs ? found.body : { ...found.body, holder: 'nobody' };
}

export interface LeaseRequest {
  readonly app: string;
  readonly holder: 'rollout' | 'failover';
  readonly nowMs: number;
  readonly forMs: number;
}

/** Takes or renews the lease; undefined when another holder keeps it or came first. */
export async function takeLease(
  journal: Journal,
  { app, holder, nowMs, forMs }: LeaseRequest,
): Promise<Lease | undefined> {
  const key = journalKeys.lease(app);
  const found = await journal.read<Lease>(key);
  const current = found?.body;
  const currentHolder =
    current !== undefined && current.untilMs > nowMs ? current.holder : 'nobody';
  if (!preempts[holder].includes(currentHolder)) return undefined;
  const epoch = (current?.epoch ?? 0) + (currentHolder === holder ? 0 : 1);
  const lease: Lease = { holder, epoch, untilMs: nowMs + forMs };
  return (await journal.write(key, lease, found?.version)) ? lease : undefined;
}

/** Gives the lease back if this holder still has it at this epoch. */
export async function releaseLease(journal: Journal, app: string, lease: Lease): Promise<void> {
  const key = journalKeys.lease(app);
  const found = await journal.read<Lease>(key);
  if (found === undefined) return;
  if (found.body.holder !== lease.holder || found.body.epoch !== lease.epoch) return;
  await journal.write(key, { ...lease, untilMs: 0 } satisfies Lease, found.version);
}
