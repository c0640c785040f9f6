import type { SQSClient } from '@aws-sdk/client-sqs';
import type { LoopName } from '../core/contract/functions.ts';
import type { Wakes } from '../core/ports.ts';
import { SqsQueue } from './sqs-queue.ts';

/** Address of each loop's queue that this caller may wake. */
export type QueueUrls = Readonly<Partial<Record<LoopName, string>>>;

/** Wakes loops through their queues, now or later. */
export class SqsWakes implements Wakes {
  readonly #client: SQSClient;
  readonly #queues: QueueUrls;

  constructor(client: SQSClient, queues: QueueUrls) {
    this.#client = client;
    this.#queues = queues;
  }

  async wake(
    loop: LoopName,
    message: Parameters<Wakes['wake']>[1],
    delayMs: number,
  ): Promise<void> {
    const url = this.#queues[loop];
    if (url === undefined) {
      const known = Object.keys(this.#queues).join(', ');
      throw new Error(`the ${loop} loop cannot be woken from here, only: ${known || 'none'}`);
    }
    await new SqsQueue(this.#client, url).send(JSON.stringify(message), { delayMs });
  }
}
