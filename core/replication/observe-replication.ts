import { journalKeys } from '../contract/journal.ts';
import { repositoryIn } from '../contract/repository-in.ts';
import { messageOf } from '../errors.ts';
import type { NativeStatus } from '../native-replication.ts';
import type { ImageRegistry } from '../ports.ts';
import type { ReplicatedImage } from '../replicated-image.ts';
import { allAttachmentsOf, subjectOfTag } from './attachments.ts';
import { isSelected } from './image-selection.ts';
import { type ObservedLibrary, observeLibrary } from './observe-library.ts';
import { parseManifest } from './parse-manifest.ts';
import type { ReplicationEvent } from './replication-event.ts';
import type { ReplicationPorts } from './replication-ports.ts';

/** The state of one image or of all, as registries and the journal tell it. */
export type ReplicationObserved =
  | { readonly found: 'image'; readonly image: ObservedImage }
  | { readonly found: 'library'; readonly library: ObservedLibrary }
  /** The event leads to no image of ours. */
  | { readonly found: 'no-tag' | 'subject-unknown' };

export interface ObservedImage {
  readonly digest: string;
  /** Absent for an artifact that travels by itself, to where its subject is. */
  readonly tag?: string;
  /** The one region that this is about; absent for all. */
  readonly target?: string;
  readonly isTagMatched: boolean;
  /** What the tag names in the home region now. */
  readonly tagDigest: string | undefined;
  /** Signatures, SBOMs and attestations at home, by digest. */
  readonly attachments: readonly string[];
  readonly targets: readonly TargetState[];
  readonly record: ReplicatedImage | undefined;
  /** Homes of other applications that Farshore itself brought it from; it is not sent back. */
  readonly cameFrom: readonly string[];
  /** How far ECR's own replication is, where that is the engine and a region lacks the image. */
  readonly native?: readonly NativeStatus[];
}

export interface TargetState {
  readonly region: string;
  /** `incomplete`: it lacks only what is attached. `unknown`: its registry gave no answer. */
  readonly state: 'whole' | 'lacking' | 'incomplete' | 'unknown';
}

/** Reads what is so about what an event leads to. */
export async function observeReplication(
  ports: ReplicationPorts,
  event: ReplicationEvent,
): Promise<ReplicationObserved> {
  if (event.image === undefined) {
    return { found: 'library', library: await observeLibrary(ports, event) };
  }
  const { digest, tag } = event.image;
  const subject = tag === undefined ? await subjectOf(ports, event, digest) : subjectOfTag(tag);
  if (subject === undefined) {
    if (tag === undefined) return { found: 'no-tag' };
    const { target } = event.image;
    const image = await observeImage(ports, event, { digest, tag });
    return { found: 'image', image: { ...image, ...(target === undefined ? {} : { target }) } };
  }
  const known = await readRecord(ports, event.app, subject);
  if (known?.tag !== undefined) {
    const of = { digest: subject, tag: known.tag };
    return { found: 'image', image: await observeImage(ports, event, of) };
  }
  if (tag !== undefined) return { found: 'subject-unknown' };
  return observeArtifact(ports, event, { digest, subject });
}

async function observeImage(
  ports: ReplicationPorts,
  event: ReplicationEvent,
  { digest, tag }: { readonly digest: string; readonly tag: string },
): Promise<ObservedImage> {
  const { application, app } = event;
  const { repository } = application.image;
  const home = homeRegistry(ports, event);
  const isBare = application.replication.referrers === 'skip';
  const [attachments, record, cameFrom] = await Promise.all([
    isBare ? [] : allAttachmentsOf(home, repository, digest),
    readRecord(ports, app, digest),
    originsOf(ports, event, digest),
  ]);
  const references = attachments.map((attachment) => attachment.tag ?? attachment.digest);
  const [tagged, targets] = await Promise.all([
    home.digests(repository, [tag]),
    inTargets(ports, event, async ({ registry, repository: name, region }) => {
      const there = await registry.digests(name, [tag, digest, ...references]);
      const isTaken = record?.taken?.[region]?.includes(tag) === true && there.has(digest);
      // The tag is written last, so a tag that names the digest stands for the whole image.
      if (there.get(tag) !== digest && !isTaken) return 'lacking';
      const isLost = attachments.some((each) => there.get(each.tag ?? each.digest) !== each.digest);
      return isLost ? 'incomplete' : 'whole';
    }),
  ]);
  return {
    digest,
    tag,
    isTagMatched: isSelected(application, tag),
    tagDigest: tagged.get(tag),
    attachments: [...new Set(attachments.map((attachment) => attachment.digest))],
    targets,
    record,
    cameFrom,
    ...(await nativeProgress(ports, event, { digest, targets })),
  };
}

/** Where an image was brought from that Farshore itself wrote to this home. */
async function originsOf(
  ports: ReplicationPorts,
  { application, siblings = [] }: ReplicationEvent,
  digest: string,
): Promise<readonly string[]> {
  const found = await Promise.all(
    siblings.map(async ({ app, home }) => {
      const record = await readRecord(ports, app, digest);
      return record?.copies?.[application.home]?.state === 'whole' ? [home] : [];
    }),
  );
  return found.flat();
}

async function nativeProgress(
  { nativeReplication }: ReplicationPorts,
  { application, engine }: ReplicationEvent,
  { digest, targets }: Pick<ObservedImage, 'digest' | 'targets'>,
): Promise<Pick<ObservedImage, 'native'>> {
  const isLacking = targets.some(({ state }) => state === 'lacking' || state === 'unknown');
  if (engine !== 'native' || !isLacking) return {};
  const { home, image } = application;
  return { native: await nativeReplication.statuses(home, image.repository, digest) };
}

/** What is attached to the child of an index goes wherever that child is. */
async function observeArtifact(
  ports: ReplicationPorts,
  event: ReplicationEvent,
  { digest, subject }: { readonly digest: string; readonly subject: string },
): Promise<ReplicationObserved> {
  const subjects: string[] = [];
  const [record, targets] = await Promise.all([
    readRecord(ports, event.app, digest),
    inTargets(ports, event, async ({ registry, repository, region }) => {
      const held = await registry.digests(repository, [digest, subject]);
      if (held.has(subject)) subjects.push(region);
      return held.has(subject) && !held.has(digest) ? 'lacking' : 'whole';
    }),
  ]);
  if (subjects.length === 0) return { found: 'subject-unknown' };
  const isThere = { isTagMatched: true, tagDigest: digest, attachments: [], cameFrom: [] };
  return { found: 'image', image: { digest, ...isThere, targets, record } };
}

interface LookedAt {
  readonly registry: ImageRegistry;
  readonly repository: string;
  readonly region: string;
}

async function inTargets(
  ports: ReplicationPorts,
  { application }: ReplicationEvent,
  look: (at: LookedAt) => Promise<TargetState['state']>,
): Promise<readonly TargetState[]> {
  const targets = application.regions.filter((region) => region !== application.home);
  return Promise.all(
    targets.map(async (region): Promise<TargetState> => {
      try {
        const at = { registry: ports.images.in(region), region };
        const state = await look({ ...at, repository: repositoryIn(application, region) });
        return { region, state };
      } catch (error) {
        // One region that is down must not keep the others from getting the image.
        ports.logger.warn(`The registry in ${region} gave no answer.`, { cause: messageOf(error) });
        return { region, state: 'unknown' };
      }
    }),
  );
}

/** What an untagged manifest is attached to, if it is a referrer. */
async function subjectOf(
  ports: ReplicationPorts,
  event: ReplicationEvent,
  digest: string,
): Promise<string | undefined> {
  const { repository } = event.application.image;
  const manifest = await homeRegistry(ports, event).manifest(repository, digest);
  if (manifest === undefined) return undefined;
  const content = parseManifest(manifest);
  return 'refused' in content ? undefined : content.subject;
}

function homeRegistry(ports: ReplicationPorts, { application }: ReplicationEvent): ImageRegistry {
  return ports.images.in(application.home);
}

async function readRecord(ports: ReplicationPorts, app: string, digest: string) {
  return (await ports.journal.read<ReplicatedImage>(journalKeys.image(app, digest)))?.body;
}
