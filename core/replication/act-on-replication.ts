import { ownEvents } from '../contract/event-patterns.ts';
import { journalKeys } from '../contract/journal.ts';
import type { Run } from '../control-loop.ts';
import type { Outcome } from '../decision.ts';
import { copyImage, type CopyRequest, type CopyResult } from './copy-image.ts';
import type { Replication, ReplicationDecision } from './decide-replication.ts';
import { Heartbeat, TakenOver } from './heartbeat.ts';
import type { ReplicationObserved } from './observe-replication.ts';
import type { Refusal } from './parse-manifest.ts';
import type { ReplicatedImage } from '../replicated-image.ts';
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
  if (decision.action === 'none') return { status: 'done', text: decision.reason.text };
  const record = new ImageRecord(ports, decision, observed);
  if (!(await record.begin())) return superseded;
  try {
    const heartbeat = new Heartbeat(run, ports.clock);
    const copied =
      decision.targets.length === 0
        ? nothingToCopy(observed)
        : await copyImage(requestOf(ports, decision, heartbeat));
    if ('refused' in copied || copied.failed.length > 0) return await record.fail(copied);
    return await finish(ports, { decision, record, copied, observed });
  } catch (error) {
    if (error instanceof TakenOver) return superseded;
    throw error;
  }
}

function requestOf(ports: ReplicationPorts, decision: Replication, pulse: Heartbeat): CopyRequest {
  const { repository, digest, tag, home } = decision;
  const placeIn = (region: string) => ({
    name: region,
    registry: ports.images.in(region),
    repository,
  });
  return {
    source: placeIn(home),
    digest,
    sourceTag: tag,
    targets: decision.targets.map((region) => ({ ...placeIn(region), tag })),
    clock: ports.clock,
    pulse,
  };
}

function nothingToCopy({ image }: ReplicationObserved): CopyResult {
  return { done: [], failed: [], stopped: [], bytes: 0, attachments: image?.attachments ?? [] };
}

const superseded: Outcome = {
  status: 'superseded',
  text: 'Another run copies this image.',
};

/** The journal knows it before anybody is told, so whoever is told finds the proof. */
async function finish(
  ports: ReplicationPorts,
  work: {
    decision: Replication;
    record: ImageRecord;
    copied: CopyResult;
    observed: ReplicationObserved;
  },
): Promise<Outcome> {
  const { decision, record, copied, observed } = work;
  const { app, repository, digest, tag } = decision;
  const regions = [decision.home, ...(observed.image?.targets ?? []).map((t) => t.region)];
  if (!(await record.complete(regions, copied.attachments))) return superseded;
  if (!record.isAnnounced(tag)) {
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

/** The journal's document of one image, as this run changes it. */
class ImageRecord {
  readonly #ports: ReplicationPorts;
  readonly #decision: Replication;
  #body: ReplicatedImage;
  #version: number | undefined;

  constructor(ports: ReplicationPorts, decision: Replication, { image }: ReplicationObserved) {
    this.#ports = ports;
    this.#decision = decision;
    this.#version = image?.recordVersion;
    this.#body = image?.record ?? {
      digest: decision.digest,
      tag: decision.tag,
      regions: [decision.home],
      announced: [],
      attachments: [],
      startedAtMs: ports.clock.nowMs(),
      failures: 0,
    };
  }

  isAnnounced(tag: string): boolean {
    return this.#body.announced.includes(tag);
  }

  /** The start is written first: the deadline counts from it even if every run dies. */
  async begin(): Promise<boolean> {
    return this.#version !== undefined || (await this.#write(this.#body));
  }

  /** Forgets the failures: the image is where it should be. */
  complete(regions: readonly string[], attachments: readonly string[]): Promise<boolean> {
    const { digest, announced, startedAtMs } = this.#body;
    return this.#write({
      digest,
      tag: this.#decision.tag,
      regions,
      replicatedAtMs: this.#ports.clock.nowMs(),
      announced,
      attachments,
      startedAtMs,
      failures: 0,
    });
  }

  announced(tag: string): Promise<boolean> {
    return this.#write({ ...this.#body, announced: [...this.#body.announced, tag] });
  }

  async fail(result: CopyResult | Refusal): Promise<Outcome> {
    const nowMs = this.#ports.clock.nowMs();
    const told = this.#decision.isFailureTold ? { reportedAtMs: nowMs } : {};
    if ('refused' in result) {
      await this.#write({ ...this.#body, refused: result.refused, reportedAtMs: nowMs });
      return { status: 'failed', text: result.refused };
    }
    const failures = this.#body.failures + 1;
    const retryAtMs = nowMs + Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** (failures - 1));
    const regions = [...new Set([...this.#body.regions, ...result.done])];
    await this.#write({ ...this.#body, ...told, failures, retryAtMs, regions });
    const text = result.failed.map(({ region, cause }) => `${region}: ${cause}`).join('; ');
    return { status: 'failed', text, recheckAtMs: retryAtMs };
  }

  async #write(body: ReplicatedImage): Promise<boolean> {
    const key = journalKeys.image(this.#decision.app, this.#decision.digest);
    if (!(await this.#ports.journal.write(key, body, this.#version))) return false;
    this.#body = body;
    this.#version = (this.#version ?? 0) + 1;
    return true;
  }
}
