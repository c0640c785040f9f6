import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { SqsQueue } from '../../aws/sqs-queue.ts';
import { MAX_RECEIVES, RETRY_SECONDS } from '../../core/contract/functions.ts';
import { messageOf, TerminalError } from '../../core/errors.ts';
import type { FunctionTelemetry } from './telemetry.ts';

/** What a function does with the body of one message, parsed from JSON, until a moment, in ms. */
export type Work = (body: unknown, endsAtMs: number) => Promise<void>;

export interface BatchSetting {
  readonly work: Work;
  /** Where the messages come from. */
  readonly queue: SqsQueue;
  readonly deadLetters: SqsQueue;
  readonly telemetry: FunctionTelemetry;
  readonly nowMs: () => number;
  /** How long the function may still run, in ms. */
  readonly remainingMs: () => number;
  /** Runs something later; by default on this machine's clock. */
  readonly after?: After;
}

/** Plans something for later, in ms; what it returns takes the plan back. */
export type After = (ms: number, run: () => void) => () => void;

/** Kept back from the function's time to write down what became of the batch, in ms. */
const RESERVE_MS = 2_000;

/** Enough of a cause for a person; a message with its attributes may have 1 MiB. */
const CAUSE_CHARS_MAX = 1_000;

/**
 * Works through a batch message by message. What failed comes again, except when that is of no
 * use: then the message becomes a dead letter that says why, and the others are not held up.
 */
export async function workThroughBatch(
  records: readonly SQSRecord[],
  setting: BatchSetting,
): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const record of records) {
    try {
      await workOn(record, setting);
    } catch (error) {
      if (await bury(record, error, setting)) continue;
      await comeAgain(record, setting);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}

async function workOn(record: SQSRecord, setting: BatchSetting): Promise<void> {
  const body = parsed(record.body);
  const ageMs = ageOf(body, setting.nowMs());
  if (ageMs !== undefined) setting.telemetry.count('eventAge', ageMs);
  const leftMs = setting.remainingMs() - RESERVE_MS;
  await within(leftMs, setting.after, () => setting.work(body, setting.nowMs() + leftMs));
}

/** Whether the message is settled: `false` asks SQS to deliver it again. */
async function bury(record: SQSRecord, error: unknown, setting: BatchSetting): Promise<boolean> {
  const { telemetry, deadLetters } = setting;
  const { messageId, body } = record;
  const receives = receivesOf(record);
  const isLast = receives >= MAX_RECEIVES;
  const cause = messageOf(error);
  telemetry.count('failures');
  telemetry.failed(`A message failed: ${cause}`, error, { messageId, receives });
  if (!(error instanceof TerminalError) && !isLast) return false;
  try {
    await deadLetters.send(body, { attributes: { cause: cause.slice(0, CAUSE_CHARS_MAX) } });
    telemetry.count('deadLetters');
    return true;
  } catch (refused) {
    // SQS moves it by itself after the last receive, then without the cause.
    telemetry.failed('The dead-letter queue did not take a message.', refused, { messageId });
    return false;
  }
}

/** Soon at first, then ever later; without this, when its time in the queue is over. */
async function comeAgain(record: SQSRecord, { queue, telemetry }: BatchSetting): Promise<void> {
  const { messageId, receiptHandle } = record;
  try {
    await queue.giveBack(receiptHandle, RETRY_SECONDS * 2 ** (receivesOf(record) - 1));
  } catch (error) {
    // It is hidden until its visibility timeout ends; that it failed has been told.
    telemetry.failed('A message could not be given back early.', error, { messageId });
  }
}

function receivesOf({ attributes }: SQSRecord): number {
  return Number(attributes.ApproximateReceiveCount);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new TerminalError(`the message is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** Events of EventBridge say when they happened; our own messages do not, and may be delayed. */
function ageOf(body: unknown, nowMs: number): number | undefined {
  if (typeof body !== 'object' || body === null || !('time' in body)) return undefined;
  const atMs = typeof body.time === 'string' ? Date.parse(body.time) : NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, nowMs - atMs);
}

/** Ends the wait before Lambda ends the function, which would lose the rest of the batch too. */
async function within(
  ms: number,
  after: After = machineAfter,
  work: () => Promise<void>,
): Promise<void> {
  if (ms <= 0) throw new Error('no time was left for this message');
  let cancel = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = after(ms, () => {
      reject(new Error(`it did not end within the ${Math.round(ms / 1_000)} s that were left`));
    });
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    cancel();
  }
}

const machineAfter: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => {
    clearTimeout(timer);
  };
};
