import { messageOf } from '../errors.ts';
import type { Deleting } from './delete-image.ts';
import type { HomeIndex } from './find-gone.ts';
import { judgePart, type RegionSight } from './judge-deletion.ts';
import { observeDeletion } from './observe-deletion.ts';

/**
 * Deletes what belonged to deleted images: children of an index, signatures, SBOMs. A part goes
 * only when nothing needs it, so a signature of an SBOM goes one round after the SBOM. Returns the
 * parts that still stand somewhere.
 */
export async function deletePartsOf(
  { ports, fleet, event }: Deleting,
  parts: readonly string[],
): Promise<readonly string[]> {
  if (parts.length === 0) return [];
  const { home, due } = await observeDeletion(ports, fleet, event);
  if (home.state !== 'listed' || due === undefined || due.busy !== undefined) return parts;
  const left = await Promise.all(
    due.sights.map((sight) => {
      return deletePartsIn(ports, sight, { home: home.index, parts });
    }),
  );
  return [...new Set(left.flat())];
}

interface Parting {
  readonly home: HomeIndex;
  readonly parts: readonly string[];
}

async function deletePartsIn(
  ports: Deleting['ports'],
  seen: RegionSight,
  { home, parts }: Parting,
): Promise<readonly string[]> {
  let sight = seen;
  let left = parts.filter((digest) => stands(digest, sight));
  for (let isMoving = true; isMoving;) {
    const ready = left.flatMap((digest) => {
      const verdict = judgePart(digest, sight, home);
      return verdict.verdict === 'delete' ? [{ digest, remove: verdict.remove }] : [];
    });
    const removed = await removeEach(ports, sight, ready);
    sight = without(sight, removed);
    left = left.filter((digest) => !removed.includes(digest));
    isMoving = removed.length > 0 && left.length > 0;
  }
  return left;
}

/** In a region that gave no answer everything may stand. */
function stands(digest: string, { held }: RegionSight): boolean {
  return held === undefined || held.some((each) => each.digest === digest);
}

type Ready = { readonly digest: string; readonly remove: readonly { readonly digest: string }[] };

/** One call each: ECR judges a whole call by what stood there before it. */
async function removeEach(
  { repositories, logger }: Deleting['ports'],
  { region, repository }: RegionSight,
  ready: readonly Ready[],
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const { digest, remove } of ready) {
    try {
      const refused = await repositories.remove(region, repository, remove);
      if (refused.length === 0) removed.push(digest);
    } catch (error) {
      // It stays a part of a deleted image, and a later run tries again.
      logger.warn(`${digest} could not be deleted in ${region}.`, { cause: messageOf(error) });
    }
  }
  return removed;
}

function without(sight: RegionSight, removed: readonly string[]): RegionSight {
  const { held } = sight;
  if (held === undefined) return sight;
  return { ...sight, held: held.filter(({ digest }) => !removed.includes(digest)) };
}
