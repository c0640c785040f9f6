import { journalKeys } from '../contract/journal.ts';
import { messageOf } from '../errors.ts';
import { digestOf } from '../image-uri.ts';
import type { TaggedImage } from '../ports.ts';
import type { ReplicatedImage } from '../replicated-image.ts';
import { isNamedBy, newestTag, newestTags, tagOrder } from '../tag-policy.ts';
import type { RolloutEvent } from './rollout-event.ts';
import type { RolloutPorts } from './rollout-ports.ts';
import { isUnderWay, type RolloutDocument, type RolloutImage } from './rollout-state.ts';
import type { ObservedService } from './service-health.ts';

/** The image that could be rolled out next. */
export interface Candidate extends RolloutImage {
  /** The journal says that every region of the application holds it. */
  readonly isReplicated: boolean;
  /** Against the newest image that any region runs, by the tag policy. */
  readonly age: 'newer' | 'same' | 'older';
  /** Tag of the newest image that runs, when it is known. */
  readonly runningTag?: string;
  /** The operator who asked for it: gates that only hold automatic rollouts do not count. */
  readonly actor?: string;
}

interface Looked {
  readonly event: RolloutEvent;
  readonly document: RolloutDocument;
  readonly services: readonly ObservedService[];
}

/**
 * The newest image in the home region by the tag policy, or the one an operator named. During a
 * rollout only a new image is a reason to look. The home registry alone knows the order of
 * pushes; while it gives no answer nothing new starts.
 */
export async function findCandidate(
  ports: RolloutPorts,
  looked: Looked,
): Promise<Candidate | undefined> {
  const { event, document } = looked;
  const isWanted = event.cause === 'image' || event.request?.kind === 'start';
  if (isUnderWay(document.current) && !isWanted) return undefined;
  const { home, image, regions, replication } = event.application;
  let listed: readonly TaggedImage[];
  try {
    const tags = await ports.images.in(home).tags(image.repository);
    // What never travels would be waited for in vain.
    listed = tags.filter(({ tag }) => !isNamedBy(replication.exclude, tag));
  } catch (error) {
    ports.logger.warn(`The registry in ${home} gave no answer.`, { cause: messageOf(error) });
    return undefined;
  }
  const wanted = chosen(looked, listed);
  if (wanted === undefined) return undefined;
  const found = await ports.journal.read<ReplicatedImage>(
    journalKeys.image(event.app, wanted.digest),
  );
  const record = found?.body;
  const isReplicated =
    record?.replicatedAtMs !== undefined &&
    regions.every((region) => record.regions.includes(region));
  const running = newestRunning(looked, listed);
  const actor = event.request?.actor ?? document.next?.actor;
  return {
    digest: wanted.digest,
    tag: wanted.tag,
    isReplicated,
    age: ageOf(event, wanted, running),
    ...(running === undefined ? {} : { runningTag: running.tag }),
    ...(actor === undefined ? {} : { actor }),
  };
}

function chosen(
  { event, document }: Looked,
  listed: readonly TaggedImage[],
): TaggedImage | undefined {
  const { request } = event;
  const { next } = document;
  const policy = event.application.image.tags;
  if (request?.kind !== 'start') {
    const asked = listed.find(({ digest }) => digest === next?.digest);
    return next?.actor === undefined ? newestTag(policy, listed) : asked;
  }
  const { digest, tag } = request;
  if (digest === undefined && tag === undefined) return newestTag(policy, listed);
  return listed.find(
    (image) =>
      (digest === undefined || image.digest === digest) && (tag === undefined || image.tag === tag),
  );
}

/** The newest among the images that the services of all regions run and whose tag is known. */
function newestRunning(
  { event, document, services }: Looked,
  listed: readonly TaggedImage[],
): TaggedImage | undefined {
  const policy = event.application.image.tags;
  const images = services.flatMap(({ state }) => (state === undefined ? [] : [state.image]));
  const known = images.flatMap((image) => {
    const digest = digestOf(image);
    const tag = digest === undefined ? tagOf(image) : undefined;
    const tagged = listed.filter((entry) => entry.digest === digest || entry.tag === tag);
    if (tagged.length > 0) return tagged;
    // Its tag is gone; by push time it is older than whatever carries a tag now.
    if (tag !== undefined) return [{ digest: '', tag, pushedAtMs: 0 }];
    const { completed } = document;
    if (digest === undefined || completed?.digest !== digest) return [];
    return [{ digest, tag: completed.tag, pushedAtMs: 0 }];
  });
  return newestTags(policy, known)[0];
}

/** The tag in an image such as `registry.example:5000/shop/web:1.2.0`. */
function tagOf(image: string): string | undefined {
  return /:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1];
}

function ageOf(
  event: RolloutEvent,
  wanted: TaggedImage,
  running: TaggedImage | undefined,
): Candidate['age'] {
  if (running === undefined) return 'newer';
  if (running.digest === wanted.digest) return 'same';
  const order = tagOrder(event.application.image.tags);
  if (!order.matches(wanted.tag)) return 'older';
  return order.compare(wanted, running) > 0 ? 'newer' : 'older';
}
