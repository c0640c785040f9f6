import { journalKeys } from '../contract/journal.ts';
import { targetsOf } from '../contract/replication-engine.ts';
import type { Fleet } from '../contract/fleet.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import { messageOf } from '../errors.ts';
import type { RegionListing } from '../replication/find-drift.ts';
import type { HeldImage } from '../repositories.ts';
import type { DeletionDocument, Tombstone } from './deletion-document.ts';
import type { DeletionEvent } from './deletion-event.ts';
import type { DeletionPorts } from './deletion-ports.ts';
import { dueTombstones, reasonToWait } from './due-tombstones.ts';
import { type CarriedImage, digestsToAsk, findGone, type Gone, HomeIndex } from './find-gone.ts';
import type { RegionSight } from './judge-deletion.ts';
import { observeNeeds, type ObservedNeeds } from './observe-needs.ts';
import { readCarried } from './read-carried.ts';
import { readChildren } from './read-children.ts';

/** What is so about images that may be gone at home. */
export interface DeletionObserved {
  readonly document: DeletionDocument | undefined;
  readonly version: number | undefined;
  readonly home: HomeSight;
  readonly gone: readonly Gone[];
  readonly targets: readonly TargetListing[];
  /** What could be deleted now; absent when it is not the time for it. */
  readonly due?: ObservedDue;
}

/** Only a whole listing says what is gone; `empty` looks like a mistake rather than a wish. */
type HomeSight =
  | { readonly state: 'listed'; readonly index: HomeIndex }
  | { readonly state: 'silent' | 'missing' | 'empty'; readonly text: string };

export interface TargetListing {
  readonly region: string;
  /** Absent when its registry gave no answer. */
  readonly held?: readonly HeldImage[];
}

interface ObservedDue extends Pick<ObservedNeeds, 'busy'> {
  readonly sights: readonly RegionSight[];
  readonly carried: ReadonlyMap<string, CarriedImage>;
  /** Digests of what each image is made of; none for one that could not be read. */
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/** Reads the journal and every registry, and, where something is due, what ECS runs. */
export async function observeDeletion(
  ports: DeletionPorts,
  fleet: Fleet,
  event: DeletionEvent,
): Promise<DeletionObserved> {
  const { app, application } = event;
  const [found, home, targets] = await Promise.all([
    ports.journal.read<DeletionDocument>(journalKeys.deletion(app)),
    homeSight(ports, event),
    Promise.all(targetsOf(application).map((region) => listed(ports, event, region))),
  ]);
  const document = found?.body;
  const seen = { document, version: found?.version, home, targets };
  if (home.state !== 'listed') return { ...seen, gone: [] };
  const listings = targets.flatMap(({ region, held }): RegionListing[] =>
    held === undefined ? [] : [{ region, held }],
  );
  const asked = digestsToAsk(home.index, listings);
  const carried = await readCarried(ports, event, asked);
  const parts = document?.parts ?? [];
  const gone = findGone(home.index, listings, { carried, parts });
  const nowMs = ports.clock.nowMs();
  const due = dueTombstones(document, event, nowMs);
  // ECS is asked only when something may be deleted by the answer.
  if (due.length === 0 || reasonToWait(document, event, nowMs) !== undefined) {
    return { ...seen, gone };
  }
  return { ...seen, gone, due: await observeDue(ports, fleet, { event, seen, carried, due }) };
}

interface Seen {
  readonly event: DeletionEvent;
  readonly seen: Pick<DeletionObserved, 'document' | 'home' | 'targets'>;
  readonly carried: readonly CarriedImage[];
  readonly due: readonly Tombstone[];
}

async function observeDue(
  ports: DeletionPorts,
  fleet: Fleet,
  { event, seen, carried, due }: Seen,
): Promise<ObservedDue> {
  const digests = due.filter(({ tag }) => tag === undefined).map(({ digest }) => digest);
  const [needs, children] = await Promise.all([
    observeNeeds(ports, fleet, event),
    readChildren(ports, event, { targets: seen.targets, digests }),
  ]);
  const sights = await Promise.all(
    seen.targets.map(async ({ region, held }): Promise<RegionSight> => {
      const [used, owned] = await Promise.all([
        usesIn(ports, fleet, { region, needs }),
        needs.ownedIn(region, digests),
      ]);
      const repository = repositoryIn(event.application, region);
      return { region, repository, ...(held === undefined ? {} : { held }), ...used, owned };
    }),
  );
  const known = new Map(carried.map((image) => [image.digest, image]));
  return { busy: needs.busy, sights, carried: known, children };
}

async function homeSight(
  ports: DeletionPorts,
  { application: { home, image } }: DeletionEvent,
): Promise<HomeSight> {
  const { repository } = image;
  try {
    const held = await ports.repositories.list(home, repository);
    if (held === undefined) {
      return { state: 'missing', text: `There is no repository ${repository} in ${home}.` };
    }
    if (held.some(({ tags }) => tags.length > 0)) {
      return { state: 'listed', index: new HomeIndex(held) };
    }
    return { state: 'empty', text: `The repository ${repository} in ${home} has no tag at all.` };
  } catch (error) {
    const text = `The registry in ${home} gave no whole answer: ${messageOf(error)}.`;
    return { state: 'silent', text };
  }
}

async function listed(
  ports: DeletionPorts,
  { application }: DeletionEvent,
  region: string,
): Promise<TargetListing> {
  try {
    const held = await ports.repositories.list(region, repositoryIn(application, region));
    return { region, held: held ?? [] };
  } catch (error) {
    // One region that is silent must not keep what the others say from counting.
    ports.logger.warn(`The registry in ${region} gave no answer.`, { cause: messageOf(error) });
    return { region };
  }
}

/** What every cluster that the fleet names there runs, and what may be deployed there again. */
async function usesIn(
  ports: DeletionPorts,
  fleet: Fleet,
  { region, needs }: { readonly region: string; readonly needs: ObservedNeeds },
): Promise<Pick<RegionSight, 'uses' | 'needs'>> {
  const clusters = Object.values(fleet.applications)
    .filter(({ regions }) => regions.includes(region))
    .flatMap(({ services }) => Object.values(services).map(({ cluster }) => cluster));
  const looked = [...new Set(clusters)].map((each) => ports.imageUse.inCluster(region, each));
  try {
    const [needed, ...uses] = await Promise.all([needs.in(region), ...looked]);
    return { uses: uses.flat(), needs: needed };
  } catch (error) {
    ports.logger.warn(`ECS in ${region} gave no answer.`, { cause: messageOf(error) });
    return { needs: [] };
  }
}
