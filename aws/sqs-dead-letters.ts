import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { isNamed } from './errors.ts';

/** A message that a function gave up on. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly sentAtMs: number;
  /** Why, as the function said; absent when SQS moved it because the function died with it. */
  readonly cause?: string;
}

/** What SQS hands out at once. */
const MESSAGES_PER_RECEIVE = 10;

/** How long a message that is shown is hidden from other readers, unless it is given back, in s. */
const HIDDEN_SECONDS = 30;

/** Dead letters of one function in one region. */
export class SqsDeadLetters {
  readonly #client: SQSClient;
  readonly #names: { readonly queue: string; readonly deadLetters: string };

  constructor(client: SQSClient, names: { readonly queue: string; readonly deadLetters: string }) {
    this.#client = client;
    this.#names = names;
  }

  /** How many wait; undefined when the function is not deployed there. */
  async count(): Promise<number | undefined> {
    const QueueUrl = await this.#urlOf(this.#names.deadLetters);
    if (QueueUrl === undefined) return undefined;
    const { Attributes } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes ?? {}).reduce((sum, text) => sum + Number(text), 0);
  }

  /** Reads at most so many and gives them back. */
  async peek(countMax: number): Promise<readonly DeadLetter[]> {
    const QueueUrl = await this.#urlOf(this.#names.deadLetters);
    if (QueueUrl === undefined) return [];
    const messages: Message[] = [];
    while (messages.length < countMax) {
      const received = await this.#receive(QueueUrl, countMax - messages.length);
      if (received.length === 0) break;
      messages.push(...received);
    }
    for (let start = 0; start < messages.length; start += MESSAGES_PER_RECEIVE) {
      const Entries = messages
        .slice(start, start + MESSAGES_PER_RECEIVE)
        .map(({ ReceiptHandle }, place) => ({
          Id: String(place),
          ReceiptHandle: ReceiptHandle ?? '',
          VisibilityTimeout: 0,
        }));
      await this.#client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    }
    return messages.map(letterOf);
  }

  /**
   * Sends each message to the function's queue and only then deletes it, so that none is lost; one
   * that arrives twice after an interruption changes nothing, because loops look at what is so.
   */
  async *redrive(countMax: number): AsyncGenerator<DeadLetter, void> {
    const from = await this.#urlOf(this.#names.deadLetters);
    const to = await this.#urlOf(this.#names.queue);
    if (from === undefined || to === undefined) return;
    for (let count = 0; count < countMax;) {
      const received = await this.#receive(from, countMax - count);
      if (received.length === 0) return;
      for (const message of received) {
        const { Body: MessageBody = '', ReceiptHandle } = message;
        await this.#client.send(new SendMessageCommand({ QueueUrl: to, MessageBody }));
        await this.#client.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
        count += 1;
        yield letterOf(message);
      }
    }
  }

  async #receive(QueueUrl: string, countMax: number): Promise<readonly Message[]> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(MESSAGES_PER_RECEIVE, countMax),
        VisibilityTimeout: HIDDEN_SECONDS,
        // A short wait asks all of SQS's servers rather than some of them.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['cause'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    return Messages;
  }

  async #urlOf(QueueName: string): Promise<string | undefined> {
    try {
      return (await this.#client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
    } catch (error) {
      if (isNamed(error, 'QueueDoesNotExist')) return undefined;
      throw error;
    }
  }
}

function letterOf({ MessageId = '', Body = '', ...message }: Message): DeadLetter {
  const cause = message.MessageAttributes?.['cause']?.StringValue;
  return {
    id: MessageId,
    body: Body,
    sentAtMs: Number(message.Attributes?.SentTimestamp ?? 0),
    ...(cause === undefined ? {} : { cause }),
  };
}
