import { type DeletionDocument, keyOfTombstone, type Tombstone } from './deletion-document.ts';
import type { Gone, HomeIndex } from './find-gone.ts';

/** A journal document may have 400 kB; these are some 130 kB, and what waits outside has time. */
const TOMBSTONES_MAX = 500;

/**
 * A grace is time in which somebody watched. After a longer gap, such as a time in which deletion
 * was off, it starts again; in ms.
 */
const GAP_MS_MAX = 24 * 3_600_000;

/** How often it is written down that somebody watches; in ms. */
const WATCH_MS = 6 * 3_600_000;

export interface MarkedTombstones {
  readonly document: DeletionDocument;
  readonly added: readonly Tombstone[];
  /** Those that home shows again. */
  readonly returned: readonly Tombstone[];
  /** Whether the document has to be written. */
  readonly isChanged: boolean;
}

export interface Marking {
  readonly region: string;
  readonly home: HomeIndex;
  readonly gone: readonly Gone[];
  /** Whether a region gave no answer: what stands there is not known. */
  readonly isPartial: boolean;
  /** Every digest that stands in another region now. */
  readonly standing: ReadonlySet<string>;
  readonly nowMs: number;
}

/** The document as it should be after a look at every region. */
export function markTombstones(
  before: DeletionDocument | undefined,
  { region, home, gone, isPartial, standing, nowMs }: Marking,
): MarkedTombstones {
  const isWatched = before?.home === region && nowMs - before.lookedAtMs <= GAP_MS_MAX;
  const known = before?.home === region ? before : undefined;
  const wanted = new Map(gone.map((each) => [keyOfTombstone(each), each]));
  const old = known?.tombstones ?? [];
  const returned = old.filter((each) => home.shows(each));
  const kept = old
    .filter((each) => isStillGone(each, home) && (isPartial || wanted.has(keyOfTombstone(each))))
    .map((each) => (isWatched ? each : { ...each, sinceMs: nowMs }));
  const there = new Set(kept.map(keyOfTombstone));
  const added = gone
    .filter((each) => !there.has(keyOfTombstone(each)))
    .slice(0, Math.max(0, TOMBSTONES_MAX - kept.length))
    .map((each) => ({ ...each, sinceMs: nowMs }));
  const tombstones = [...kept, ...added].sort(longestGoneFirst);
  const allParts = known?.parts ?? [];
  const parts = allParts.filter((digest) => isPartial || standing.has(digest));
  const isDue = known !== undefined && nowMs - known.lookedAtMs > WATCH_MS;
  const isSame = kept.length === old.length && added.length === 0;
  return {
    document: { ...known, home: region, lookedAtMs: nowMs, tombstones, parts },
    added,
    returned,
    isChanged: !isSame || parts.length < allParts.length || (isDue && tombstones.length > 0),
  };
}

/** A tag whose image is gone as well is buried with it. */
function isStillGone(tombstone: Tombstone, home: HomeIndex): boolean {
  const { digest, tag } = tombstone;
  return !home.shows(tombstone) && (tag === undefined || home.digests.has(digest));
}

/** The digest decides between equals, so that every run has the same order. */
function longestGoneFirst(one: Tombstone, other: Tombstone): number {
  const [a, b] = [keyOfTombstone(one), keyOfTombstone(other)];
  return one.sinceMs - other.sinceMs || (a < b ? -1 : a > b ? 1 : 0);
}
