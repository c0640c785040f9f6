import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

/** The checksum of a body that SDKs compare with their own. */
export function md5OfBody(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/**
 * The checksum of message attributes, in the encoding of the SQS developer guide, "Amazon SQS
 * message metadata": by name, each part after its length in four bytes.
 */
export function md5OfAttributes(
  attributes: Readonly<Record<string, MessageAttributeValue>> | undefined,
): string | undefined {
  const entries = Object.entries(attributes ?? {});
  if (entries.length === 0) return undefined;
  const hash = createHash('md5');
  const update = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const [name, value] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    update(Buffer.from(name));
    update(Buffer.from(value.DataType ?? ''));
    // The transport type: 1 is a text, 2 is binary.
    hash.update(Buffer.from([value.BinaryValue === undefined ? 1 : 2]));
    update(value.BinaryValue ?? Buffer.from(value.StringValue ?? ''));
  }
  return hash.digest('hex');
}
