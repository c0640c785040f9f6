import { journalKeys } from '../contract/journal.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import type { Standing } from '../decision-journal.ts';
import { messageOf } from '../errors.ts';
import type { ControlPorts, Ports } from '../ports.ts';
import type { ReplicatedImage } from '../replicated-image.ts';
import type { HeldImage } from '../repositories.ts';
import { tagOrder } from '../tag-policy.ts';
import { subjectOfTag } from './attachments.ts';
import { type Drifted, findDrift, type RegionListing } from './find-drift.ts';
import { selectTags } from './image-selection.ts';
import { type NamedImage, subjectOfImage } from './image-subject.ts';
import type { ReplicationEvent } from './replication-event.ts';

/** What a look at all images needs; a person's command has it too. */
type LibraryPorts = ControlPorts & Pick<Ports, 'repositories'>;

/** All images of an application that travel, compared by listing. */
export interface ObservedLibrary {
  /** How many tags the policy selects at home. */
  readonly selected: number;
  readonly newest?: string;
  /** Regions whose registry gave no answer: what they lack is not known. */
  readonly silent: readonly string[];
  /** Newest first. */
  readonly drifted: readonly DriftedImage[];
}

export interface DriftedImage extends Drifted {
  readonly record?: ReplicatedImage;
  /** When the run that copies it now gave its last sign of life, if one does. */
  readonly aliveAtMs?: number;
}

/** The newest tag, and two that a rollback may want: what the journal must know of. */
const RECORDED_TAGS = 3;

/** How many drifted images are looked at for a run: twice what is copied at once. */
const RUNS_LOOKED_AT = 100;

/** Lists the repository in all regions and finds what is not everywhere as it is at home. */
export async function observeLibrary(
  ports: LibraryPorts,
  { app, application, backfill, siblings = [] }: Omit<ReplicationEvent, 'engine'>,
): Promise<ObservedLibrary> {
  const { home, regions, image } = application;
  const held = (await ports.repositories.list(home, image.repository)) ?? [];
  const { referrers } = application.replication;
  const selected = selectTags(application, held).filter(
    ({ digest }) => referrers !== 'required' || hasAttachment(held, digest),
  );
  const others = regions.filter((each) => each !== home);
  const listings = await Promise.all(
    others.map((each) => listed(ports, each, repositoryIn(application, each))),
  );
  const targets = listings.filter((target) => target !== undefined);
  const compared = findDrift(selected, referrers === 'skip' ? [] : held, targets);
  const newest = selected.slice(0, RECORDED_TAGS);
  const records =
    compared.length === 0 ? await readRecords(ports, app, newest) : await listRecords(ports, app);
  const twoWay = await Promise.all(
    siblings.map(async ({ app: other, home: from }) => ({
      from,
      records: compared.length === 0 ? records : await listRecords(ports, other),
    })),
  );
  const found = compared.flatMap((image) => {
    const { tag = '', digest } = image;
    const isMeant = (region: string) => {
      const there = targets.find((target) => target.region === region)?.held ?? [];
      const isTaken = records.get(digest)?.taken?.[region]?.includes(tag) === true;
      if (isTaken && there.some((each) => each.digest === digest)) return false;
      const brought = twoWay.find(({ from }) => from === region)?.records.get(digest);
      return brought?.copies?.[home]?.state !== 'whole';
    };
    const where = image.regions.filter(isMeant);
    return where.length === 0 ? [] : [{ ...image, regions: where }];
  });
  const untold = newest
    .filter(({ tag, digest }) => records.get(digest)?.announced.includes(tag) !== true)
    .filter(({ tag }) => !found.some((drifted) => drifted.tag === tag))
    .map(({ tag, digest }) => ({ tag, digest, regions: [] }));
  const patterns = backfill?.tags ?? [];
  const drifted = [...untold, ...found].filter(({ tag }) => isAsked(patterns, tag));
  return {
    selected: selected.length,
    ...(selected[0] === undefined ? {} : { newest: selected[0].tag }),
    silent: others.filter((each) => !targets.some(({ region }) => region === each)),
    drifted: await Promise.all(
      drifted.map(async (each, place) => {
        const record = records.get(each.digest);
        const runs = [each, ...(record?.left ?? []).map((target) => ({ ...each, target }))];
        const aliveAtMs = place < RUNS_LOOKED_AT ? await aliveAt(ports, app, runs) : undefined;
        return {
          ...each,
          ...(record === undefined ? {} : { record }),
          ...(aliveAtMs === undefined ? {} : { aliveAtMs }),
        };
      }),
    ),
  };
}

function hasAttachment(held: readonly HeldImage[], digest: string): boolean {
  return held.some(
    ({ subject, tags }) => subject === digest || tags.some((tag) => subjectOfTag(tag) === digest),
  );
}

/** Whether a tag fits one of the patterns; all do when there is none. */
function isAsked(patterns: readonly string[], tag: string | undefined): boolean {
  if (patterns.length === 0) return true;
  return tag !== undefined && patterns.some((glob) => tagOrder({ glob }).matches(tag));
}

/** A region without the repository holds nothing; one that is silent is not looked at. */
async function listed(
  ports: LibraryPorts,
  region: string,
  repository: string,
): Promise<RegionListing | undefined> {
  try {
    return { region, held: (await ports.repositories.list(region, repository)) ?? [] };
  } catch (error) {
    ports.logger.warn(`The registry in ${region} gave no answer.`, { cause: messageOf(error) });
    return undefined;
  }
}

async function readRecords(
  ports: LibraryPorts,
  app: string,
  images: readonly { readonly digest: string }[],
): Promise<ReadonlyMap<string, ReplicatedImage>> {
  const found = await Promise.all(
    images.map(({ digest }) => ports.journal.read<ReplicatedImage>(journalKeys.image(app, digest))),
  );
  return byDigest(found.flatMap((each) => each?.body ?? []));
}

/** One query rather than a read for each of what may be thousands in a region that joined. */
async function listRecords(
  ports: LibraryPorts,
  app: string,
): Promise<ReadonlyMap<string, ReplicatedImage>> {
  const options = { prefix: journalKeys.imagePrefix };
  const found = await ports.journal.list<ReplicatedImage>(journalKeys.appPartition(app), options);
  return byDigest(found.map(({ body }) => body));
}

function byDigest(records: readonly ReplicatedImage[]): ReadonlyMap<string, ReplicatedImage> {
  return new Map(records.map((record) => [record.digest, record]));
}

/** The newest sign of life of any run that copies it: to all regions, or to one of them. */
async function aliveAt(
  ports: LibraryPorts,
  app: string,
  runs: readonly NamedImage[],
): Promise<number | undefined> {
  const found = await Promise.all(
    runs.map((run) =>
      ports.journal.read<Standing>(journalKeys.standing(app, 'replication', subjectOfImage(run))),
    ),
  );
  const signs = found.flatMap((standing) => standing?.body.open?.aliveAtMs ?? []);
  return signs.length === 0 ? undefined : Math.max(...signs);
}
