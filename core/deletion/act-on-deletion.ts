import type { Fleet } from '../contract/fleet.ts';
import { journalKeys } from '../contract/journal.ts';
import type { Run } from '../control-loop.ts';
import type { Outcome } from '../decision.ts';
import { type Deletion, type DeletionDecision, marking } from './decide-deletion.ts';
import { deletePartsOf } from './delete-parts.ts';
import { deleteImage, type Deleted, type Deleting } from './delete-image.ts';
import { type DeletionDocument, type DeletionRun, keyOfTombstone } from './deletion-document.ts';
import type { DeletionPorts } from './deletion-ports.ts';
import { type DeletionObserved, observeDeletion } from './observe-deletion.ts';

/** Kept back from the function's time for writing down what was done, in ms. */
const WRAP_UP_MS = 60_000;

/** Why a run stops before its end, if it does. */
type Stop = { readonly status: 'superseded' | 'unfinished'; readonly text: string };

/** Writes down what is gone, or deletes what was decided, looking again before each deletion. */
export async function actOnDeletion(
  fleet: Fleet,
  ports: DeletionPorts,
  work: { decision: DeletionDecision; observed: DeletionObserved; run: Run },
): Promise<Outcome> {
  const { decision, observed, run } = work;
  const { app, reason } = decision;
  const application = fleet.applications[app];
  const policy = application?.replication.deletion;
  if (application === undefined || policy === undefined || decision.action === 'none') {
    return { status: 'done', text: reason.text };
  }
  const event = { app, application, policy };
  if (decision.action === 'delete') {
    return runDeletion({ ports, fleet, event, decision, run }, observed);
  }
  const marked = marking(event, observed, ports.clock.nowMs());
  if (marked === undefined || (await write(ports, app, marked.document, observed.version))) {
    return { status: 'done', text: reason.text };
  }
  return lost;
}

const lost: Stop = { status: 'superseded', text: 'Another run wrote down what is gone.' };

/** The run is written down before it deletes, so one that dies is finished by the next wake. */
async function runDeletion(work: Deleting, observed: DeletionObserved): Promise<Outcome> {
  const { ports, decision } = work;
  const { document, version } = observed;
  if (document === undefined) return lost;
  const run = document.run ?? beginning(work, observed);
  const begun: DeletionDocument = { ...document, run, ranAtMs: run.startedAtMs };
  if (!(await write(ports, decision.app, begun, version))) return lost;

  const deleted: Deleted[] = [];
  for (const { tombstone } of decision.images) {
    const seen = await observeDeletion(ports, work.fleet, work.event);
    const stop = await reasonToStop(work, seen);
    if (stop !== undefined) return { ...stop, text: `${stop.text} ${said(deleted)}` };
    deleted.push(await deleteImage(work, tombstone, seen));
  }
  const leftParts = await deletePartsOf(work, run.parts);
  const nowMs = ports.clock.nowMs();
  const ended = ending(begun, decision, { deleted, leftParts, nowMs });
  if (!(await write(ports, decision.app, ended, (version ?? 0) + 1))) return lost;
  const text = said(deleted);
  const hasFailed = deleted.some(({ regions }) => regions.some(({ state }) => state === 'failed'));
  return { status: hasFailed ? 'failed' : 'done', text };
}

function beginning({ ports, decision }: Deleting, { due }: DeletionObserved): DeletionRun {
  const { actor, images } = decision;
  const parts = images
    .filter(({ tombstone }) => tombstone.tag === undefined)
    .flatMap(({ tombstone: { digest } }) => [
      ...(due?.children.get(digest) ?? []),
      ...(due?.carried.get(digest)?.attachments ?? []),
    ]);
  return {
    startedAtMs: ports.clock.nowMs(),
    keys: images.map(({ tombstone }) => keyOfTombstone(tombstone)),
    parts: [...new Set(parts)],
    ...(actor === undefined ? {} : { actor }),
  };
}

/** What somebody began meanwhile goes first; the sweep goes on with the run when that is over. */
async function reasonToStop(
  { ports, run }: Deleting,
  { due }: DeletionObserved,
): Promise<Stop | undefined> {
  if (!(await run.alive())) return { status: 'superseded', text: 'Another run took over.' };
  if (run.endsAtMs !== undefined && ports.clock.nowMs() > run.endsAtMs - WRAP_UP_MS) {
    return { status: 'unfinished', text: 'The time of this run was up; the next one goes on.' };
  }
  if (due?.busy === undefined) return undefined;
  return { status: 'unfinished', text: `The run is interrupted: ${due.busy.text}` };
}

/** A journal document may have 400 kB; these are some 75 kB. */
const PARTS_MAX = 1_000;

interface Ended {
  readonly deleted: readonly Deleted[];
  readonly leftParts: readonly string[];
  readonly nowMs: number;
}

function ending(
  begun: DeletionDocument,
  { requestId }: Deletion,
  { deleted, leftParts, nowMs }: Ended,
): DeletionDocument {
  const results = new Map(deleted.map((each) => [keyOfTombstone(each.tombstone), each]));
  const tombstones = begun.tombstones.flatMap((each) => {
    const result = results.get(keyOfTombstone(each));
    if (result?.isOver === true) return [];
    const refusal = result?.regions.find(({ state }) => state === 'refused');
    if (refusal === undefined) return [each];
    return [{ ...each, refused: { atMs: nowMs, cause: refusal.text } }];
  });
  const parts = [...new Set([...begun.parts, ...leftParts])].slice(-PARTS_MAX);
  const { home, lookedAtMs, ranAtMs = nowMs } = begun;
  const asked = requestId ?? begun.requestId;
  return {
    ...{ home, lookedAtMs, ranAtMs, tombstones, parts },
    ...(asked === undefined ? {} : { requestId: asked }),
  };
}

function said(deleted: readonly Deleted[]): string {
  const texts = deleted.flatMap(({ regions }) => regions.map(({ text }) => text));
  const lines = texts.filter((text) => text !== '');
  return lines.length === 0 ? 'Nothing was left to delete.' : lines.join(' ');
}

async function write(
  ports: DeletionPorts,
  app: string,
  document: DeletionDocument,
  version: number | undefined,
): Promise<boolean> {
  return ports.journal.write(journalKeys.deletion(app), document, version);
}
