/**
 * What the journal knows of an image, at `journalKeys.image(app, digest)`. Written by the
 * replication loop; the rollout loop takes it as proof when `replicatedAtMs` is there.
 */
export interface ReplicatedImage {
  readonly digest: string;
  /** The tag it was last replicated under. */
  readonly tag: string;
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
  /** Why it can never be copied, if so: a digest never changes. */
  readonly refused?: string;
}
