import type { MessageAttributeValue, PublishInput, PublishResponse } from '@aws-sdk/client-sns';
import type { Operation } from '../../service-model.ts';
import { invalidParameter, unsupported } from './sns-errors.ts';
import type { SnsModel } from './sns-model.ts';

const SUBJECT_LENGTH_MAX = 100;
const MESSAGE_BYTES_MAX = 256 * 1_024;

/** What a publisher said, checked. */
export interface Publication {
  readonly subject: string | undefined;
  /** By protocol; `default` for those without one of their own. */
  readonly texts: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Sends a message to everyone who subscribed. */
export function publish(model: SnsModel): Operation<PublishInput, PublishResponse> {
  return {
    resources: (input) => [input.TopicArn ?? input.TargetArn ?? ''],
    handle: async (input, call) => {
      if (input.PhoneNumber !== undefined) throw unsupported('publishing to a phone number');
      if (input.MessageGroupId !== undefined) throw unsupported('FIFO topics');
      const topic = model.topicOf(call, input.TopicArn ?? input.TargetArn);
      checkSubject(input.Subject);
      const publication = {
        subject: input.Subject,
        texts: textsOf(input),
        attributes: attributesOf(input.MessageAttributes ?? {}),
      };
      return { MessageId: await model.publish(topic, publication) };
    },
  };
}

/** SNS: ASCII that begins with a letter, number or punctuation, no line breaks, under 100 long. */
function checkSubject(subject: string | undefined): void {
  if (subject === undefined) return;
  const isValid = /^[\u0021-\u007e][\u0020-\u007e]*$/.test(subject);
  if (!isValid || subject.length > SUBJECT_LENGTH_MAX) throw invalidParameter('Subject');
}

function textsOf(input: PublishInput): Record<string, string> {
  const message = input.Message ?? '';
  if (message === '') throw invalidParameter('Empty message');
  if (Buffer.byteLength(message) > MESSAGE_BYTES_MAX) throw invalidParameter('Message too long');
  if (input.MessageStructure === undefined) return { default: message };
  if (input.MessageStructure !== 'json') throw invalidParameter('MessageStructure');
  const texts = parsed(message);
  if (texts['default'] === undefined) {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  return texts;
}

function parsed(message: string): Record<string, string> {
  try {
    const document = JSON.parse(message) as Record<string, unknown>;
    const texts = Object.entries(document).filter(([, text]) => typeof text === 'string');
    return Object.fromEntries(texts) as Record<string, string>;
  } catch (error) {
    const refusal = invalidParameter('Message Structure - JSON message body failed to parse');
    throw Object.assign(refusal, { cause: error });
  }
}

function attributesOf(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => {
      const value =
        StringValue ?? (BinaryValue && Buffer.from(BinaryValue).toString('base64')) ?? '';
      if (DataType === undefined || value === '') {
        throw invalidParameter(
          `Message attribute '${name}' must have a DataType and a value that is not empty.`,
        );
      }
      return [name, value];
    }),
  );
}
