import type { SqsQueue } from '../../aws/sqs-queue.ts';
import { PROBE_INTERVAL_SECONDS, PROBE_ROUNDS_PER_MINUTE } from '../../core/contract/functions.ts';

/**
 * The scheduler knows no interval below a minute: its message becomes one round at once and the
 * others as delayed messages. The message of a round brings no further ones.
 */
export async function sendLaterRounds(queue: SqsQueue, body: unknown): Promise<void> {
  if (!isMinute(body)) return;
  const delays = Array.from(
    { length: PROBE_ROUNDS_PER_MINUTE - 1 },
    (_, index) => (index + 1) * PROBE_INTERVAL_SECONDS * 1_000,
  );
  await Promise.all(delays.map((delayMs) => queue.send('{"kind":"probe"}', { delayMs })));
}

function isMinute(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('kind' in body)) return false;
  return body.kind === 'probe-minute';
}
