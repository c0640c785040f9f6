import type { Application } from '../contract/fleet.ts';
import { journalKeys } from '../contract/journal.ts';
import { messageOf } from '../errors.ts';
import type { ImageRegistry, TaggedImage } from '../ports.ts';
import { attachmentsOf, subjectOfTag } from './attachments.ts';
import { parseManifest } from './parse-manifest.ts';
import type { ReplicatedImage } from '../replicated-image.ts';
import { newestTags, tagOrder } from '../tag-policy.ts';
import type { ReplicationPorts } from './replication-ports.ts';

/** Where to look: at the newest images that the policy names, or at one that was pushed. */
export interface ReplicationEvent {
  readonly app: string;
  readonly application: Application;
  readonly image?: { readonly digest: string; readonly tag?: string };
}

/** The state of one image, as its registries and the journal tell it. */
export interface ReplicationObserved {
  /** Undefined when the event leads to no image of ours; `found` then says why. */
  readonly image?: ObservedImage;
  readonly found: 'image' | 'no-matching-tag' | 'no-tag' | 'subject-unknown';
}

export interface ObservedImage {
  readonly digest: string;
  readonly tag: string;
  readonly isTagMatched: boolean;
  /** What the tag names in the home region now. */
  readonly tagDigest: string | undefined;
  readonly attachments: readonly string[];
  readonly targets: readonly TargetState[];
  readonly record: ReplicatedImage | undefined;
  readonly recordVersion: number | undefined;
}

interface TargetState {
  readonly region: string;
  /** `unknown`: its registry gave no answer. */
  readonly state: 'whole' | 'lacking' | 'unknown';
}

/**
 * How many of the newest tags a sweep looks at: the newest, and two that a rollback may want.
 * Older ones are replicated when they are pushed.
 */
const TAGS_LOOKED_AT = 3;

/** Reads what is so about the image that an event leads to. */
export async function observeReplication(
  ports: ReplicationPorts,
  event: ReplicationEvent,
): Promise<ReplicationObserved> {
  if (event.image === undefined) return observeNewest(ports, event);
  const { digest, tag } = event.image;
  const subject = tag === undefined ? await subjectOf(ports, event, digest) : subjectOfTag(tag);
  if (subject === undefined) {
    if (tag === undefined) return { found: 'no-tag' };
    return { found: 'image', image: await observeImage(ports, event, { digest, tag }) };
  }
  const known = await readRecord(ports, event.app, subject);
  if (known === undefined) return { found: 'subject-unknown' };
  const of = { digest: subject, tag: known.body.tag };
  return { found: 'image', image: await observeImage(ports, event, of) };
}

async function observeNewest(
  ports: ReplicationPorts,
  event: ReplicationEvent,
): Promise<ReplicationObserved> {
  const { repository, tags: policy } = event.application.image;
  const listed = await homeRegistry(ports, event).tags(repository);
  const newest = newestTags(policy, listed).slice(0, TAGS_LOOKED_AT);
  const chosen = await firstUnannounced(ports, event, newest);
  if (chosen === undefined) return { found: 'no-matching-tag' };
  return { found: 'image', image: await observeImage(ports, event, chosen) };
}

/** The newest that the journal does not call finished; when all are, the newest of all. */
async function firstUnannounced(
  ports: ReplicationPorts,
  event: ReplicationEvent,
  newest: readonly TaggedImage[],
): Promise<TaggedImage | undefined> {
  for (const image of newest) {
    const record = (await readRecord(ports, event.app, image.digest))?.body;
    const isFinished = record?.announced.includes(image.tag) === true;
    if (!isFinished && record?.refused === undefined) return image;
  }
  return newest[0];
}

async function observeImage(
  ports: ReplicationPorts,
  event: ReplicationEvent,
  { digest, tag }: { readonly digest: string; readonly tag: string },
): Promise<ObservedImage> {
  const { application, app } = event;
  const { repository } = application.image;
  const home = homeRegistry(ports, event);
  const targets = application.regions.filter((region) => region !== application.home);
  const [record, tagged, attachments, states] = await Promise.all([
    readRecord(ports, app, digest),
    home.manifest(repository, tag),
    attachmentsOf(home, repository, digest),
    Promise.all(targets.map((region) => targetState(ports, { region, repository, digest, tag }))),
  ]);
  return {
    digest,
    tag,
    isTagMatched: tagOrder(application.image.tags).matches(tag),
    tagDigest: tagged?.digest,
    attachments: [...new Set(attachments.map((attachment) => attachment.digest))],
    targets: states,
    record: record?.body,
    recordVersion: record?.version,
  };
}

/** The tag is written last, so a tag that names the digest stands for the whole image. */
async function targetState(
  ports: ReplicationPorts,
  of: { region: string; repository: string; digest: string; tag: string },
): Promise<TargetState> {
  const { region } = of;
  try {
    const found = await ports.images.in(region).manifest(of.repository, of.tag);
    return { region, state: found?.digest === of.digest ? 'whole' : 'lacking' };
  } catch (error) {
    // One region that is down must not keep the others from getting the image.
    ports.logger.warn(`The registry in ${region} gave no answer.`, { cause: messageOf(error) });
    return { region, state: 'unknown' };
  }
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

function readRecord(ports: ReplicationPorts, app: string, digest: string) {
  return ports.journal.read<ReplicatedImage>(journalKeys.image(app, digest));
}
