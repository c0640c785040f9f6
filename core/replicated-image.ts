/**
 * What the journal knows of an image, at `journalKeys.image(app, digest)`. Written by the
 * replication loop; the rollout loop takes it as proof when `replicatedAtMs` is there.
 */
export interface ReplicatedImage {
  readonly digest: string;
  /** The tag it was last replicated under; absent for an artifact that travelled by itself. */
  readonly tag?: string;
  /** Every region that holds it, the home region included. */
  readonly regions: readonly string[];
  /** When every region of the application held it; absent until then. */
  readonly replicatedAtMs?: number;
  /** Tags under which the rest of Farshore was told about it. */
  readonly announced: readonly string[];
  /** Digests of the signatures and other artifacts that travelled with it. */
  readonly attachments: readonly string[];
  /** When the first copy began; the deadline of the fleet file counts from here. */
  readonly startedAtMs: number;
  readonly failures: number;
  /** When to try again after a failure. */
  readonly retryAtMs?: number;
  /** When people were told of a failure that still lasts. */
  readonly reportedAtMs?: number;
  /** Why no retry of ours helps, if so: it waits among the dead letters for a person. */
  readonly refused?: string;
  /** When a sweep asked for a copy of it last. */
  readonly wokenAtMs?: number;
  /** Regions that get it by a run of their own and have not yet; the last one completes it. */
  readonly left?: readonly string[];
  /** By region, tags that name another image there, which the policy puts up with. */
  readonly taken?: Readonly<Record<string, readonly string[]>>;
  /** What became of the newest copy to each region. */
  readonly copies?: Readonly<Record<string, RegionCopy>>;
}

/** The newest copy of an image to one region. */
export interface RegionCopy {
  readonly state: 'whole' | 'failed';
  readonly atMs: number;
  /** Why it failed: the failing call and what it answered. */
  readonly cause?: string;
}
