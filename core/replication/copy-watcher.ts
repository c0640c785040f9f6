import type { Descriptor } from '../ports.ts';

/** What a copy tells while it works, target by target. */
export interface CopyWatcher {
  /** Told for the image, and for what is attached to it once that is known: it adds up. */
  planned(target: string, work: PlannedWork): void;
  /** Bytes of layers that left for a target. */
  sent(target: string, bytes: number): void;
  /** The registry took the layer from its own other repository. */
  mounted(target: string, blob: Descriptor): void;
  /** The target held the others back and goes on with a reading of its own. */
  fellBehind(target: string): void;
  finished(target: string): void;
  failed(target: string, cause: string): void;
}

/** What one target lacks and what it has; sizes in bytes. */
export interface PlannedWork {
  readonly blobs: number;
  readonly bytes: number;
  readonly presentBlobs: number;
  readonly presentBytes: number;
  readonly manifests: number;
}

/** For a copy that nobody looks at. */
export const noWatcher: CopyWatcher = {
  planned: () => undefined,
  sent: () => undefined,
  mounted: () => undefined,
  fellBehind: () => undefined,
  finished: () => undefined,
  failed: () => undefined,
};
