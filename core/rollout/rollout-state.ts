import type { Reason } from '../decision.ts';

/** An image as a rollout names it: the digest is what runs, the tag is what people say. */
export interface RolloutImage {
  readonly digest: string;
  readonly tag: string;
}

/** The journal's document at `journalKeys.rollout(app)`. */
export interface RolloutDocument {
  /** The rollout under way, or the latest one. */
  readonly current?: Rollout;
  /** The latest image that reached every region and stayed. */
  readonly completed?: RolloutImage & { readonly atMs: number };
  /** Images that failed; none of them starts again unless a person says so. */
  readonly quarantined: readonly QuarantinedImage[];
  /** A newer image that takes over when the region under way is steady. */
  readonly next?: QueuedImage;
  /** What people were told last about an image that waits for them. */
  readonly blocked?: { readonly digest: string; readonly code: string };
  /** The operator request carried out last, so that a second delivery changes nothing. */
  readonly requestId?: string;
}

export interface QueuedImage extends RolloutImage {
  /** The operator who asked for it; absent when it is simply newer. */
  readonly actor?: string;
}

interface QuarantinedImage extends RolloutImage {
  readonly atMs: number;
  readonly reason: Reason;
}

/** Ended states are the last three. */
type RolloutStatus =
  'PENDING' | 'DEPLOYING' | 'BAKING' | 'ROLLING_BACK' | 'SUCCEEDED' | 'ROLLED_BACK' | 'SUPERSEDED';

export interface Rollout extends RolloutImage {
  readonly id: string;
  readonly state: RolloutStatus;
  readonly startedAtMs: number;
  /** When it last made a step; silence and halts are measured from here. */
  readonly movedAtMs: number;
  readonly endedAtMs?: number;
  /** Set while it waits for a region that gives no answer, and people know it. */
  readonly haltedAtMs?: number;
  /** One wave a region, in the order of the start; a failover may change what is left of it. */
  readonly waves: readonly Wave[];
  /** Digests of rollouts this one took over from: they too go back when it fails. */
  readonly supersedes: readonly string[];
  /** Why it is rolled back. */
  readonly failure?: Reason;
  /** What was completed before it: what a rollback returns to. */
  readonly before?: RolloutImage & { readonly atMs: number };
}

export interface Wave {
  readonly region: string;
  readonly startedAtMs?: number;
  readonly steadyAtMs?: number;
  readonly doneAtMs?: number;
  /** By the fleet file's short name of the service. */
  readonly services: Readonly<Record<string, ServiceProgress>>;
}

export interface ServiceProgress {
  readonly previousTaskDefinition: string;
  /** Absent until the deployment was asked for. */
  readonly taskDefinition?: string;
}

/** A document of an application that never rolled anything out. */
export const emptyRolloutDocument: RolloutDocument = { quarantined: [] };

/** A rollout that still has something to do. */
export type OngoingRollout = Rollout & {
  readonly state: Exclude<RolloutStatus, 'SUCCEEDED' | 'ROLLED_BACK' | 'SUPERSEDED'>;
};

/** Whether a rollout still has something to do. */
export function isUnderWay(rollout: Rollout | undefined): rollout is OngoingRollout {
  if (rollout === undefined) return false;
  return !['SUCCEEDED', 'ROLLED_BACK', 'SUPERSEDED'].includes(rollout.state);
}

/** The region being deployed or baked now. */
export function activeWave(rollout: Rollout): Wave | undefined {
  return rollout.waves.find(
    (wave) => wave.startedAtMs !== undefined && wave.doneAtMs === undefined,
  );
}

/** The next region: the one that serves comes last, also when a failover has moved it since. */
export function nextWave(rollout: Rollout, serving: string): Wave | undefined {
  const left = rollout.waves.filter((wave) => wave.startedAtMs === undefined);
  return left.find(({ region }) => region !== serving) ?? left[0];
}
