import type { LoopName } from './contract/functions.ts';
import { journalKeys } from './contract/journal.ts';
import type { Run } from './control-loop.ts';
import type { Decision, DecisionRecord, Notice, Outcome } from './decision.ts';
import { messageOf } from './errors.ts';
import { sendNotice } from './outbox.ts';
import type { ControlPorts } from './ports.ts';

/** The newest decision of a loop about one subject, and whether somebody is acting on it. */
export interface Standing {
  readonly loop: LoopName;
  readonly decision: Decision;
  readonly region: string;
  /** When this reason first held. */
  readonly sinceMs: number;
  /** Present while a run acts on it. */
  readonly open?: OpenRun;
}

/** The run that acts on a decision; its record's place is fixed before it acts. */
interface OpenRun {
  readonly recordId: string;
  readonly startedAtMs: number;
  readonly aliveAtMs: number;
}

export interface Opened {
  /** `busy`: another run acts on this subject. `quiet`: nothing to do and nothing has changed. */
  readonly state: 'open' | 'quiet';
  readonly run: Run;
  /** The run acts no more and has not closed: the next one need not wait for its silence. */
  readonly letGo: () => Promise<boolean>;
  readonly open: OpenRun;
  readonly sinceMs: number;
  readonly version: () => number | undefined;
  /** A decision that an earlier run opened and never closed. */
  readonly abandoned: Standing | undefined;
}

export interface Busy {
  readonly state: 'busy';
  readonly retryAtMs: number;
}

/** A sign of life that no run is still alive by; ms since the epoch. */
const LONG_AGO_MS = 0;

/** What the journal needs to know of a loop. */
export interface Journaled<Decided extends Decision> {
  readonly name: LoopName;
  readonly silentMsMax: number;
  describe(decision: Decided, outcome: Outcome): Notice | undefined;
}

/**
 * Opens a decision: from here until `close` no other run acts on this subject. A decision to do
 * nothing, for a reason that has not changed, writes nothing.
 */
export async function open<Decided extends Decision>(
  ports: ControlPorts,
  loop: Journaled<Decided>,
  decision: Decided,
): Promise<Opened | Busy> {
  const key = journalKeys.standing(decision.app, loop.name, decision.subject);
  const nowMs = ports.clock.nowMs();
  const found = await ports.journal.read<Standing>(key);
  const before = found?.body;
  const busyUntilMs = aliveUntilMs(before, loop.silentMsMax);
  if (nowMs < busyUntilMs) return { state: 'busy', retryAtMs: busyUntilMs };

  const abandoned = before?.open === undefined ? undefined : before;
  const isUnchanged = before?.decision.reason.code === decision.reason.code;
  const sinceMs = isUnchanged ? before.sinceMs : nowMs;
  const run = { recordId: ports.ids.next(), startedAtMs: nowMs, aliveAtMs: nowMs };
  let version = found?.version;
  const write = async (aliveAtMs: number): Promise<boolean> => {
    const standing: Standing = {
      loop: loop.name,
      decision,
      region: ports.region,
      sinceMs,
      open: { ...run, aliveAtMs },
    };
    const isMine = await ports.journal.write(key, standing, version);
    if (isMine) version = (version ?? 0) + 1;
    return isMine;
  };
  const alive = () => write(ports.clock.nowMs());
  const opens = decision.action !== 'none' || !isUnchanged || abandoned !== undefined;
  if (opens && !(await alive())) return { state: 'busy', retryAtMs: nowMs + loop.silentMsMax };
  return {
    state: opens ? 'open' : 'quiet',
    run: { alive },
    letGo: () => write(LONG_AGO_MS),
    open: run,
    sinceMs,
    version: () => version,
    abandoned,
  };
}

/** Until when a run that opened this standing counts as alive. */
function aliveUntilMs(standing: Standing | undefined, silentMsMax: number): number {
  return (standing?.open?.aliveAtMs ?? -Infinity) + silentMsMax;
}

/** Closes a decision with its outcome, appends it to the record, and sends its notice. */
export async function close<Decided extends Decision>(
  ports: ControlPorts,
  loop: Journaled<Decided>,
  closing: { opened: Opened; decision: Decided; outcome: Outcome },
): Promise<void> {
  const { opened, decision, outcome } = closing;
  if (opened.state === 'quiet') return;
  if (opened.abandoned?.open !== undefined && !isSameWork(opened.abandoned.decision, decision)) {
    const text = `An earlier run was interrupted; now: ${decision.reason.text}`;
    const left = opened.abandoned.decision as Decided;
    await record(ports, loop, opened.abandoned.open, { decision: left, status: 'done', text });
  }
  await record(ports, loop, opened.open, { ...outcome, decision });
  const standing: Standing = {
    loop: loop.name,
    decision,
    region: ports.region,
    sinceMs: opened.sinceMs,
  };
  const key = journalKeys.standing(decision.app, loop.name, decision.subject);
  await ports.journal.write(key, standing, opened.version());
}

/** After a failure: the retry need not wait until this run has been silent for long enough. */
export async function letGo(ports: ControlPorts, opened: Opened): Promise<void> {
  if (opened.state === 'quiet') return;
  try {
    await opened.letGo();
  } catch (error) {
    // Why the run failed is the news; the next run waits until this one has been silent.
    ports.logger.warn('A failed run could not say so.', { cause: messageOf(error) });
  }
}

/** A run that repeats what an interrupted one began speaks for both. */
function isSameWork(left: Decision, decision: Decision): boolean {
  return left.action === decision.action && left.reason.code === decision.reason.code;
}

/**
 * Appends one record. Its key was fixed when the decision was opened, so a second attempt after a
 * crash finds the first and neither the record nor its notice is doubled.
 */
async function record<Decided extends Decision>(
  ports: ControlPorts,
  loop: Journaled<Decided>,
  open: OpenRun,
  { decision, ...outcome }: Outcome & { readonly decision: Decided },
): Promise<void> {
  const notice = loop.describe(decision, outcome);
  const entry: DecisionRecord = {
    id: open.recordId,
    loop: loop.name,
    region: ports.region,
    atMs: open.startedAtMs,
    decision,
    outcome,
    ...(notice === undefined ? {} : { notice }),
  };
  const key = journalKeys.record(
    decision.app,
    new Date(open.startedAtMs).toISOString(),
    open.recordId,
  );
  if (!(await ports.journal.write(key, entry, undefined))) return;
  ports.logger.info(decision.reason.text, { loop: loop.name, decision, outcome });
  await sendNotice(ports, { sort: key.sort, body: entry, version: 1 });
}
