import { ownEvents } from '../contract/event-patterns.ts';
import type { Run } from '../control-loop.ts';
import type { Outcome } from '../decision.ts';
import { TerminalError } from '../errors.ts';
import type { CopyFailure } from './copy-failures.ts';
import { copyImage, type CopyRequest, type CopyResult } from './copy-image.ts';
import type { Repair } from './decide-repair.ts';
import type { Replication, ReplicationDecision } from './decide-replication.ts';
import { Heartbeat, TakenOver } from './heartbeat.ts';
import { ImageRecord } from './image-record.ts';
import { subjectOfImage } from './image-subject.ts';
import type { ObservedImage, ReplicationObserved } from './observe-replication.ts';
import type { ReplicationPorts } from './replication-ports.ts';

/** The first retry after a failure; each further one waits twice as long. */
const RETRY_MS = 30_000;
const RETRY_MS_MAX = 15 * 60_000;

/** Copies, records that every region holds the image, and announces it once. */
export async function actOnReplication(
  ports: ReplicationPorts,
  work: { decision: ReplicationDecision; observed: ReplicationObserved; run: Run },
): Promise<Outcome> {
  const { decision, observed, run } = work;
  if (decision.action === 'repair') return askForCopies(ports, decision);
  // The time that ECR has runs from the moment that is written down here.
  if (decision.action === 'await') await new ImageRecord(ports, decision).begin();
  if (decision.action !== 'copy' || observed.found !== 'image') {
    return { status: 'done', text: decision.reason.text };
  }
  const record = new ImageRecord(ports, decision);
  const copying = { decision, record, image: observed.image };
  await record.begin();
  try {
    const pulse = new Heartbeat(run, ports.clock);
    const copied =
      decision.targets.length === 0
        ? nothingToCopy(observed.image)
        : await copyImage(requestOf(ports, decision, pulse));
    if ('refused' in copied) return await refuse(ports, copying, copied.refused);
    await arrived(ports, copying, copied);
    if (copied.failed.length > 0) return await fail(ports, copying, copied.failed);
    return await finish(ports, copying, copied);
  } catch (error) {
    if (error instanceof TakenOver) return superseded;
    throw error;
  }
}

interface Copying {
  readonly decision: Replication;
  readonly record: ImageRecord;
  readonly image: ObservedImage;
}

const superseded: Outcome = {
  status: 'superseded',
  text: 'Another run copies this image.',
};

/** A message for each image, so that functions copy side by side and a bad one stops no other. */
async function askForCopies(ports: ReplicationPorts, { app, images }: Repair): Promise<Outcome> {
  for (const image of images) {
    const subject = subjectOfImage(image);
    await ports.wakes.wake('replication', { kind: 'wake', app, cause: 'sweep', subject }, 0);
    await new ImageRecord(ports, { app, home: ports.region, ...image }).woken();
  }
  return { status: 'done', text: `Asked for copies of ${images.length} image(s).` };
}

function requestOf(ports: ReplicationPorts, decision: Replication, pulse: Heartbeat): CopyRequest {
  const { repository, digest, tag, home } = decision;
  const placeIn = (region: string) => ({
    name: region,
    registry: ports.images.in(region),
    repository,
  });
  const tagged = tag === undefined ? {} : { tag };
  return {
    source: placeIn(home),
    digest,
    ...(tag === undefined ? {} : { sourceTag: tag }),
    targets: decision.targets.map((region) => ({ ...placeIn(region), ...tagged })),
    clock: ports.clock,
    pulse,
  };
}

function nothingToCopy({ attachments }: ObservedImage): CopyResult {
  return { done: [], failed: [], stopped: [], bytes: 0, attachments };
}

/** Each region that holds the image now is written down and told of, whatever the others do. */
async function arrived(
  ports: ReplicationPorts,
  { decision, record }: Copying,
  { done }: CopyResult,
): Promise<void> {
  if (done.length === 0) return;
  await record.arrived(done);
  const { app, repository, digest, tag } = decision;
  for (const region of done) {
    await ports.events.publish(ownEvents.imageArrived, {
      app,
      repository,
      digest,
      ...(tag === undefined ? {} : { tag }),
      region,
    });
  }
}

/** The journal knows it before anybody is told, so whoever is told finds the proof. */
async function finish(
  ports: ReplicationPorts,
  { decision, record, image }: Copying,
  copied: CopyResult,
): Promise<Outcome> {
  const { app, repository, digest, tag } = decision;
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
  const mebibytes = (copied.bytes / 1024 / 1024).toFixed(1);
  const where =
    decision.targets.length === 0
      ? 'Nothing had to be copied'
      : `Copied to ${decision.targets.join(', ')}`;
  return { status: 'done', text: `${where}; ${mebibytes} MiB of layers written.` };
}

/** What no retry helps waits among the dead letters until a person mended the cause. */
async function refuse(
  ports: ReplicationPorts,
  { decision, record }: Copying,
  refused: string,
): Promise<Outcome> {
  const causes = Object.fromEntries(decision.targets.map((region) => [region, refused]));
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
  const text = failed.map(({ region, cause }) => `${region}: ${cause}`).join('; ');
  if (failed.every(({ error }) => error instanceof TerminalError)) {
    return refuse(
      ports,
      { ...copying, decision: { ...decision, targets: regionsOf(failed) } },
      text,
    );
  }
  const nowMs = ports.clock.nowMs();
  const told = decision.isFailureTold ? { reportedAtMs: nowMs } : {};
  const causes = Object.fromEntries(failed.map(({ region, cause }) => [region, cause]));
  const { retryAtMs } = await record.failed(causes, ({ failures }) => ({
    ...told,
    retryAtMs: nowMs + Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** failures),
  }));
  return { status: 'failed', text, ...(retryAtMs === undefined ? {} : { recheckAtMs: retryAtMs }) };
}

function regionsOf(failed: readonly CopyFailure[]): readonly string[] {
  return failed.map(({ region }) => region);
}
