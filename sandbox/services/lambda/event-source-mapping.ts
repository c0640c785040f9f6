import { FunctionError } from '../../lambda-runtime/function-runtime.ts';
import { ServiceError } from '../../service-model.ts';
import type { Cancel } from '../../world.ts';
import type { ReceivedMessage } from '../sqs/queue.ts';
import { failedMessages } from './batch-failures.ts';
import type { DeployedFunction } from './deployed-function.ts';
import type { LambdaModel } from './lambda-model.ts';
import { runFunction } from './run-function.ts';
import { sqsRecord } from './sqs-record.ts';

/** What a mapping needs of queues; the SQS model is one. */
export interface QueueSource {
  /** Undefined when there is no such queue. */
  visibilitySeconds(queueArn: string): number | undefined;
  watch(queueArn: string, listener: () => void): Cancel;
  receive(queueArn: string, countMax: number): readonly ReceivedMessage[];
  remove(queueArn: string, receiptHandle: string): void;
}

export interface MappingOptions {
  readonly id: string;
  readonly queueArn: string;
  readonly fn: DeployedFunction;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportsItemFailures: boolean;
  /** Batches at work at once. */
  readonly concurrencyMax: number;
  readonly isEnabled: boolean;
  readonly modifiedAtMs: number;
}

/** Without more load a mapping works on five batches at once. */
export const CONCURRENCY_DEFAULT = 5;

/** SQS gives at most ten messages at once; a larger batch is several receives. */
const RECEIVE_MAX = 10;

/** How often a mapping looks whether its region came back. */
const DOWN_RECHECK_MS = 5_000;

/** Feeds a function from a queue: deletes what it worked off and leaves the rest to come back. */
export class EventSourceMapping {
  readonly options: MappingOptions;
  readonly #model: LambdaModel;
  #unwatch: Cancel = () => undefined;
  #planned: Cancel | undefined;
  #atWork = 0;

  constructor(model: LambdaModel, options: MappingOptions) {
    this.#model = model;
    this.options = options;
  }

  start(): void {
    if (!this.options.isEnabled) return;
    this.#unwatch = this.#model.options.queues.watch(this.options.queueArn, () => {
      this.#plan(this.options.windowSeconds * 1_000);
    });
    this.#plan(0);
  }

  stop(): void {
    this.#unwatch();
    this.#planned?.();
  }

  #plan(delayMs: number): void {
    if (this.#planned !== undefined) return;
    const name = `lambda ${this.options.fn.spec.name} polls`;
    this.#planned = this.#model.world.after(delayMs, name, () => {
      this.#planned = undefined;
      this.#poll();
    });
  }

  #poll(): void {
    if (!this.#isUp()) {
      this.#plan(DOWN_RECHECK_MS);
      return;
    }
    while (this.#atWork < this.#concurrencyMax()) {
      const batch = this.#receive();
      if (batch.length === 0) return;
      this.#atWork += 1;
      void this.#work(batch).finally(() => {
        this.#atWork -= 1;
        this.#plan(0);
      });
    }
  }

  #receive(): readonly ReceivedMessage[] {
    const { queueArn, batchSize } = this.options;
    const batch: ReceivedMessage[] = [];
    while (batch.length < batchSize) {
      const wanted = Math.min(RECEIVE_MAX, batchSize - batch.length);
      const received = this.#model.options.queues.receive(queueArn, wanted);
      batch.push(...received);
      if (received.length < wanted) break;
    }
    return batch;
  }

  async #work(batch: readonly ReceivedMessage[]): Promise<void> {
    const { fn, queueArn, reportsItemFailures } = this.options;
    const Records = batch.map((message) => sqsRecord(message, queueArn));
    try {
      const response = await runFunction(this.#model, fn, { Records });
      // The region that went down meanwhile deletes nothing: the messages come back.
      if (!this.#isUp()) return;
      const ids = batch.map(({ id }) => id);
      const failed = reportsItemFailures ? failedMessages(response, ids) : [];
      for (const { id, receiptHandle } of batch) {
        if (failed.includes(id)) continue;
        this.#model.options.queues.remove(queueArn, receiptHandle);
      }
    } catch (error) {
      // A failed batch stays hidden until its visibility timeout ends, then it comes back.
      if (!(error instanceof FunctionError || error instanceof ServiceError)) throw error;
    }
  }

  #isUp(): boolean {
    return this.#model.hub.isUp(this.options.fn.spec.region);
  }

  #concurrencyMax(): number {
    const { concurrencyMax, fn } = this.options;
    return Math.min(concurrencyMax, fn.reservedConcurrency ?? Infinity);
  }
}
