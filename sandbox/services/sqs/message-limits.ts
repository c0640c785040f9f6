import { ServiceError } from '../../service-model.ts';
import { numberAttribute, type QueueAttributes } from './queue-attributes.ts';
import { checkRange, invalidParameter, missingParameter } from './sqs-errors.ts';
import type { MessageToSend } from './sqs-model.ts';

const DELAY_SECONDS_MAX = 900;
const ATTRIBUTES_MAX = 10;

/** Characters that SQS takes: XML's. */
const valid = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Refuses a message that SQS would not take into this queue. */
export function checkMessage(attributes: QueueAttributes, message: MessageToSend): void {
  if (message.body === '') throw missingParameter('MessageBody');
  if (message.delaySeconds !== undefined) {
    checkRange(message.delaySeconds, 'DelaySeconds', 0, DELAY_SECONDS_MAX);
  }
  if (!valid.test(message.body)) {
    throw new ServiceError(
      'InvalidMessageContents',
      'Invalid binary character was found in the message body, the set of allowed characters is ' +
        '#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  checkAttributes(message.attributes ?? {});
  const sizeMax = numberAttribute(attributes, 'MaximumMessageSize');
  if (messageBytes(message) > sizeMax) {
    throw new ServiceError(
      'InvalidParameterValueException',
      `One or more parameters are invalid. Reason: Message must be shorter than ${sizeMax} bytes.`,
    );
  }
}

/** Body and attributes, as limits count them. */
export function messageBytes({ body, attributes }: MessageToSend): number {
  return Object.entries(attributes ?? {}).reduce(
    (sum, [name, value]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(value.DataType ?? '') +
      Buffer.byteLength(value.StringValue ?? '') +
      (value.BinaryValue?.length ?? 0),
    Buffer.byteLength(body),
  );
}

function checkAttributes(attributes: NonNullable<MessageToSend['attributes']>): void {
  const entries = Object.entries(attributes);
  if (entries.length > ATTRIBUTES_MAX) {
    throw new ServiceError(
      'InvalidParameterValueException',
      `Number of message attributes [${entries.length}] exceeds the allowed maximum ` +
        `[${ATTRIBUTES_MAX}].`,
    );
  }
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!/^(String|Number|Binary)(\..+)?$/.test(DataType ?? '')) {
      throw invalidParameter(
        DataType ?? '',
        `MessageAttributes.${name}.DataType`,
        'The type of message (user) attribute must be String, Number or Binary.',
      );
    }
    const isEmpty = (StringValue ?? '') === '' && (BinaryValue?.length ?? 0) === 0;
    if (!isEmpty) continue;
    throw new ServiceError(
      'InvalidParameterValueException',
      `Message (user) attribute '${name}' must contain a non-empty value of type ` +
        `'${DataType ?? ''}'.`,
    );
  }
}
