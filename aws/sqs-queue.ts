import {
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** The longest delay SQS takes, in s. */
const DELAY_SECONDS_MAX = 900;

/** Characters that a message attribute may not carry, as SQS lists them. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g;

export interface QueuedMessage {
  readonly delayMs?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** One queue, to send to and to give messages back to. */
export class SqsQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  /** A message that was received from it comes again after so many seconds. */
  async giveBack(receiptHandle: string, afterSeconds: number): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: afterSeconds,
      }),
    );
  }

  /** Delays are rounded up to seconds and cut at 15 minutes: too early is only one look more. */
  async send(body: string, { delayMs = 0, attributes = {} }: QueuedMessage = {}): Promise<void> {
    const texts = Object.entries(attributes).map(([name, text]) => {
      // An empty attribute is refused, and with it the whole message.
      const StringValue = text.replace(forbidden, ' ') || '-';
      return [name, { DataType: 'String', StringValue }] as const;
    });
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#url,
        MessageBody: body,
        DelaySeconds: Math.min(DELAY_SECONDS_MAX, Math.max(0, Math.ceil(delayMs / 1_000))),
        ...(texts.length === 0 ? {} : { MessageAttributes: Object.fromEntries(texts) }),
      }),
    );
  }
}
