import { ownEvents } from '../contract/event-patterns.ts';
import type { Run } from '../control-loop.ts';
import type { Outcome } from '../decision.ts';
import { TerminalError } from '../errors.ts';
import type { ReplicatedImage } from '../replicated-image.ts';
import type { CopyFailure } from './copy-failures.ts';
import type { CopyRequest, CopyResult } from './copy-image.ts';
import { CopyMeter, TooMuchForOne } from './copy-meter.ts';
import { copyWithPlans } from './copy-with-plans.ts';
import { type Replication, repositoryOf } from './decide-replication.ts';
import { Heartbeat, TakenOver } from './heartbeat.ts';
import { ImageRecord } from './image-record.ts';
import { subjectOfImage } from './image-subject.ts';
import { keepTag } from './keep-tag.ts';
import { makeRepository } from './make-repository.ts';
import { JournalUploads } from './journal-uploads.ts';
import { measureCopy } from './measure-copy.ts';
import type { ObservedImage } from './observe-replication.ts';
import type { CopyTarget } from './place.ts';
import type { ReplicationPorts } from './replication-ports.ts';
import { type SettledCopy, settleTaken, suffixedTag } from './settle-taken.ts';

/** The first retry after a failure; each further one waits twice as long. */
const RETRY_MS = 30_000;
const RETRY_MS_MAX = 15 * 60_000;

/**
 * Kept back from the function's time: a part of a layer may take a minute until it is given up,
 * and what was reached is written down after that, in ms.
 */
const WRAP_UP_MS = 90_000;

/**
 * The most that one run writes to several targets. A function keeps up some 75 MiB/s for longer
 * than a moment, so this is about a minute; beyond it a function for each target is as many times
 * as fast, and costs one more reading of the source for each.
 */
const SPLIT_BYTES = 4 * 1024 ** 3;

interface Carrying {
  readonly decision: Replication;
  readonly image: ObservedImage;
  readonly run: Run;
}

interface Copying extends Carrying {
  readonly record: ImageRecord;
}

/** Copies, records that every region holds the image, and announces it once. */
export async function carryImage(ports: ReplicationPorts, carrying: Carrying): Promise<Outcome> {
  const { decision, image } = carrying;
  const copying = { ...carrying, record: new ImageRecord(ports, decision) };
  const { replicatedAtMs } = await copying.record.begin();
  try {
    const settled =
      decision.targets.length === 0 ? nothingToCopy(image) : await copyMeasured(ports, copying);
    if ('refused' in settled) return await refuse(ports, copying, settled.refused);
    const { copied, taken } = settled;
    if (taken.length > 0) await copying.record.putUpWith(taken, decision.tag ?? '');
    const isNew = replicatedAtMs === undefined;
    const known = await arrived(ports, copying, { done: copied.done, isNew });
    const outcome = await outcomeOf(ports, copying, { copied, known });
    return taken.length === 0 ? outcome : putUpWith(decision, outcome, taken);
  } catch (error) {
    if (error instanceof TakenOver) return superseded;
    if (error instanceof TooMuchForOne) return split(ports, copying);
    throw error;
  }
}

const superseded: Outcome = {
  status: 'superseded',
  text: 'Another run copies this image.',
};

async function copyMeasured(ports: ReplicationPorts, { decision, run }: Copying) {
  const { targets } = decision;
  const uploads = new JournalUploads(ports, decision);
  const bytesMax = targets.length > 1 ? SPLIT_BYTES : Infinity;
  const meter = new CopyMeter(new Heartbeat(run, ports.clock), bytesMax);
  try {
    const request = requestOf(ports, decision, { meter, uploads, run });
    const copyAs = (change: Partial<CopyRequest>) =>
      copyWithPlans({ ...request, ...change }, (region) => makeRepository(ports, decision, region));
    const copied = await copyAs({});
    return 'refused' in copied
      ? copied
      : await settleTaken(decision, copied, request.targets, copyAs);
  } finally {
    await uploads.settle();
    measureCopy(ports, decision, { meter, resumed: uploads.resumed });
  }
}

function requestOf(
  ports: ReplicationPorts,
  decision: Replication,
  { meter, uploads, run }: { meter: CopyMeter; uploads: JournalUploads; run: Run },
): CopyRequest {
  const { digest, tag, home, targets, handling } = decision;
  const placeIn = (region: string) => ({
    name: region,
    registry: ports.images.in(region),
    repository: repositoryOf(decision, region),
  });
  const targetIn = (region: string): CopyTarget => {
    const place = placeIn(region);
    if (tag === undefined) return place;
    const { registry } = place;
    return { ...place, tag, registry: handling.overwrite ? registry : keepTag(registry, tag) };
  };
  return {
    source: placeIn(home),
    digest,
    ...(tag === undefined ? {} : { sourceTag: tag }),
    targets: targets.map(targetIn),
    isBare: handling.referrers === 'skip',
    clock: ports.clock,
    ...(run.endsAtMs === undefined ? {} : { stopAtMs: run.endsAtMs - WRAP_UP_MS }),
    pulse: meter,
    watcher: meter.watcher,
    book: uploads.book,
  };
}

function nothingToCopy({ attachments }: ObservedImage): SettledCopy {
  return { copied: { done: [], failed: [], stopped: [], bytes: 0, attachments }, taken: [] };
}

async function outcomeOf(
  ports: ReplicationPorts,
  copying: Copying,
  result: { readonly copied: CopyResult; readonly known: ReplicatedImage },
): Promise<Outcome> {
  const { failed, stopped } = result.copied;
  if (failed.length > 0) return fail(ports, copying, failed);
  if (stopped.length > 0) return goOnLater(ports, stopped);
  return finish(ports, copying, result);
}

/** People are told: somebody may look for the image under its tag. */
function putUpWith(decision: Replication, outcome: Outcome, taken: readonly string[]): Outcome {
  const { tag = '', digest, handling } = decision;
  const isSuffixed = handling.onImmutableConflict === 'suffix';
  const how = isSuffixed ? `under ${suffixedTag(tag, digest)}` : 'by digest only';
  const where = taken.join(', ');
  const text = `${outcome.text} ${tag} names another image in ${where}: it is there ${how}.`;
  // A failure that is told at the same time says this too.
  const isToldAnyway = outcome.status === 'failed' && (outcome.isFinal || decision.isFailureTold);
  return { ...outcome, text, ...(isToldAnyway ? {} : { code: 'TAG_TAKEN' }) };
}

/** Each region that holds the image now is written down and told of, whatever the others do. */
async function arrived(
  ports: ReplicationPorts,
  { decision, record }: Copying,
  { done, isNew }: { done: readonly string[]; isNew: boolean },
): Promise<ReplicatedImage> {
  const known = await record.arrived(done);
  const { app, digest, tag, sinceMs } = decision;
  for (const region of done) {
    // What was everywhere before is repaired, which says nothing of how long a push takes.
    const lag = isNew ? { lagMs: ports.clock.nowMs() - sinceMs } : {};
    if (lag.lagMs !== undefined) ports.meter.measure({ app, region }, 'lag', lag.lagMs);
    await ports.events.publish(ownEvents.imageArrived, {
      app,
      repository: repositoryOf(decision, region),
      digest,
      ...(tag === undefined ? {} : { tag }),
      region,
      ...lag,
    });
  }
  return known;
}

/** The journal knows it before anybody is told, so whoever is told finds the proof. */
async function finish(
  ports: ReplicationPorts,
  { decision, record, image }: Copying,
  { copied, known }: { readonly copied: CopyResult; readonly known: ReplicatedImage },
): Promise<Outcome> {
  const { app, repository, digest, tag } = decision;
  const mebibytes = (copied.bytes / 1024 / 1024).toFixed(1);
  const where =
    decision.targets.length === 0
      ? 'Nothing had to be copied'
      : `Copied to ${decision.targets.join(', ')}`;
  const text = `${where}; ${mebibytes} MiB of layers written.`;
  if ((known.left ?? []).length > 0) {
    return { status: 'done', text: `${text} ${(known.left ?? []).join(', ')}: on the way.` };
  }
  const regions = [decision.home, ...image.targets.map((target) => target.region)];
  const { announced } = await record.completed(regions, copied.attachments);
  if (tag !== undefined && !announced.includes(tag)) {
    await ports.events.publish(ownEvents.imageReplicated, {
      app,
      repository,
      digest,
      tag,
      regions,
    });
    await record.announced(tag);
  }
  return { status: 'done', text };
}

/** The function would be ended; the next one finds in the journal how far each upload is. */
function goOnLater(ports: ReplicationPorts, stopped: readonly string[]): Outcome {
  const text = `The time of this run was up; the next one goes on with ${stopped.join(', ')}.`;
  return { status: 'unfinished', text, recheckAtMs: ports.clock.nowMs() };
}

/** One message for each target: each has a function, and a network, of its own. */
async function split(ports: ReplicationPorts, { decision, record }: Copying): Promise<Outcome> {
  const { app, digest, tag, targets } = decision;
  await record.split(targets);
  for (const target of targets) {
    const named = { digest, target, ...(tag === undefined ? {} : { tag }) };
    const subject = subjectOfImage(named);
    await ports.wakes.wake('replication', { kind: 'wake', app, cause: 'recheck', subject }, 0);
  }
  const text = `Too large for one function: ${targets.join(', ')} get it by one each.`;
  return { status: 'done', text };
}

/** What no retry helps waits among the dead letters until a person mended the cause. */
async function refuse(
  ports: ReplicationPorts,
  { decision, record }: Copying,
  refused: string,
  regions = decision.targets,
): Promise<Outcome> {
  const causes = Object.fromEntries(regions.map((region) => [region, refused]));
  const reportedAtMs = ports.clock.nowMs();
  await record.failed(causes, () => ({ refused, reportedAtMs }));
  return { status: 'failed', text: refused, isFinal: true };
}

async function fail(
  ports: ReplicationPorts,
  copying: Copying,
  failed: readonly CopyFailure[],
): Promise<Outcome> {
  const { decision, record } = copying;
  if (await hasMoved(ports, decision)) {
    const text = `The tag ${decision.tag ?? ''} was moved meanwhile; what it names now follows.`;
    return { status: 'superseded', text };
  }
  const text = failed.map(({ region, cause }) => `${region}: ${cause}`).join('; ');
  const causes = Object.fromEntries(failed.map(({ region, cause }) => [region, cause]));
  if (failed.every(({ error }) => error instanceof TerminalError)) {
    return refuse(ports, copying, text, Object.keys(causes));
  }
  const nowMs = ports.clock.nowMs();
  const told = decision.isFailureTold ? { reportedAtMs: nowMs } : {};
  const { retryAtMs } = await record.failed(causes, ({ failures }) => ({
    ...told,
    retryAtMs: retryAtMsOf(decision, failures, nowMs),
  }));
  return { status: 'failed', text, ...(retryAtMs === undefined ? {} : { recheckAtMs: retryAtMs }) };
}

/** Ever later, but not past the deadline: people are told by the copy that fails then. */
function retryAtMsOf({ deadlineMs }: Replication, failures: number, nowMs: number): number {
  const atMs = nowMs + Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** failures);
  return nowMs < deadlineMs ? Math.min(atMs, deadlineMs) : atMs;
}

/** Its new image has a message of its own, and the sweep finds it if that was lost. */
async function hasMoved(ports: ReplicationPorts, decision: Replication): Promise<boolean> {
  const { tag, home, repository, digest } = decision;
  if (tag === undefined) return false;
  const named = (await ports.images.in(home).digests(repository, [tag])).get(tag);
  return named !== undefined && named !== digest;
}
