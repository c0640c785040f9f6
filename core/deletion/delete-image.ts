import type { Fleet } from '../contract/fleet.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import type { Run } from '../control-loop.ts';
import { messageOf } from '../errors.ts';
import { ImageRecord } from '../replication/image-record.ts';
import { type Deletion, verdictsOf } from './decide-deletion.ts';
import { nameOfTombstone, type Tombstone } from './deletion-document.ts';
import type { DeletionEvent } from './deletion-event.ts';
import type { DeletionPorts } from './deletion-ports.ts';
import type { Verdict } from './judge-deletion.ts';
import type { DeletionObserved } from './observe-deletion.ts';

/** A run that deletes. */
export interface Deleting {
  readonly ports: DeletionPorts;
  readonly fleet: Fleet;
  readonly event: DeletionEvent;
  readonly decision: Deletion;
  readonly run: Run;
}

/** What became of one image that is gone at home, in all other regions. */
export interface Deleted {
  readonly tombstone: Tombstone;
  readonly regions: readonly DeletedThere[];
  /** Whether no region has it any more, or has to be asked again. */
  readonly isOver: boolean;
}

interface DeletedThere {
  readonly state: 'done' | 'kept' | 'refused' | 'failed';
  /** A sentence for people; empty when there was nothing to do. */
  readonly text: string;
}

/** Deletes an image where nothing keeps it, by a look at every region that was just made. */
export async function deleteImage(
  deleting: Deleting,
  tombstone: Tombstone,
  observed: DeletionObserved,
): Promise<Deleted> {
  const { ports, decision } = deleting;
  const { app, home } = decision;
  const record = new ImageRecord(ports, { app, home, digest: tombstone.digest });
  const regions: DeletedThere[] = [];
  for (const [region, verdict] of verdictsOf(observed, tombstone)) {
    const there = await deleteIn(deleting, region, { tombstone, verdict });
    // Also when an earlier run deleted it and died before it wrote that down.
    if (there.state === 'done' && tombstone.tag === undefined) await record.deleted(region);
    regions.push(there);
  }
  const isOver = regions.length > 0 && regions.every(({ state }) => state === 'done');
  if (isOver && tombstone.tag !== undefined) await record.untagged(tombstone.tag);
  return { tombstone, regions, isOver };
}

async function deleteIn(
  { ports, event }: Deleting,
  region: string,
  { tombstone, verdict }: { readonly tombstone: Tombstone; readonly verdict: Verdict },
): Promise<DeletedThere> {
  const name = nameOfTombstone(tombstone);
  if (verdict.verdict === 'absent') return { state: 'done', text: '' };
  if (verdict.verdict === 'held') {
    return { state: 'kept', text: `Kept in ${region}: ${verdict.reason.text}` };
  }
  try {
    const repository = repositoryIn(event.application, region);
    const refused = await ports.repositories.remove(region, repository, verdict.remove);
    if (refused.length === 0) return { state: 'done', text: `Deleted ${name} in ${region}.` };
    const causes = refused.map(({ cause }) => cause).join('; ');
    return { state: 'refused', text: `Kept in ${region}: ${name}; its registry says ${causes}.` };
  } catch (error) {
    // One region that fails must not keep the others from following home.
    return { state: 'failed', text: `Not deleted in ${region}: ${name}, ${messageOf(error)}.` };
  }
}
