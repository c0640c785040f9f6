import { journalKeys } from './contract/journal.ts';
import type { DecisionRecord } from './decision.ts';
import { messageOf } from './errors.ts';
import type { ControlPorts, Listed } from './ports.ts';

/** A claim this old belongs to a run that died before it could send, in ms. */
const CLAIM_MS_MAX = 120_000;

/** How many of an application's newest records one sweep looks through for unsent notices. */
const RECORDS_MAX = 100;

/**
 * Sends the notice of a record once. It is claimed before and confirmed after, so two sweeps do
 * not both send it; a sink that fails never fails a loop, because the sweep tries again.
 */
export async function sendNotice(
  ports: ControlPorts,
  { body: entry, version }: Listed<DecisionRecord>,
): Promise<boolean> {
  const { notice, noticeState } = entry;
  const nowMs = ports.clock.nowMs();
  if (notice === undefined || noticeState?.sentAtMs !== undefined) return false;
  if (noticeState !== undefined && nowMs < noticeState.claimedAtMs + CLAIM_MS_MAX) return false;

  const iso = new Date(entry.atMs).toISOString();
  const key = journalKeys.record(entry.decision.app, iso, entry.id);
  const claim = { claimedAtMs: nowMs };
  if (!(await ports.journal.write(key, { ...entry, noticeState: claim }, version))) return false;
  try {
    await ports.notifier.publish(notice, entry.id);
  } catch (error) {
    const cause = messageOf(error);
    ports.logger.warn('The notice could not be sent; the sweep tries again.', { cause });
    return false;
  }
  const sent = { ...claim, sentAtMs: ports.clock.nowMs() };
  await ports.journal.write(key, { ...entry, noticeState: sent }, version + 1);
  return true;
}

/** Sends what a crash or a failing sink left unsent; returns how many notices left. */
export async function sendUnsentNotices(ports: ControlPorts, app: string): Promise<number> {
  const partition = journalKeys.recordPartition(app);
  const records = await ports.journal.list<DecisionRecord>(partition, {
    newestFirst: true,
    limit: RECORDS_MAX,
  });
  let sent = 0;
  for (const entry of records) if (await sendNotice(ports, entry)) sent += 1;
  return sent;
}
