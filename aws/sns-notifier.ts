import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notice } from '../core/decision.ts';
import type { Notifier } from '../core/ports.ts';

/** What SNS takes as the subject of an e-mail: printable ASCII on one line. */
const SUBJECT_CHARS_MAX = 100;

/** Tells people through a topic; the attributes let a subscription filter what it wants. */
export class SnsNotifier implements Notifier {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.#client = client;
    this.#topicArn = topicArn;
  }

  async publish({ kind, severity, subject, text }: Notice, id: string): Promise<void> {
    await this.#client.send(
      new PublishCommand({
        TopicArn: this.#topicArn,
        Subject: clipped(subject),
        Message: text,
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: kind },
          severity: { DataType: 'String', StringValue: severity },
          id: { DataType: 'String', StringValue: id },
        },
      }),
    );
  }
}

function clipped(subject: string): string {
  const plain = subject
    .replace(/\s+/g, ' ')
    .replace(/[^ -~]/g, '?')
    .trim();
  if (plain.length <= SUBJECT_CHARS_MAX) return plain;
  return `${plain.slice(0, SUBJECT_CHARS_MAX - 3)}...`;
}
