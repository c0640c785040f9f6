import type { Message, ReceiveMessageRequest, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import type { Call, Operation } from '../../service-model.ts';
import { md5OfAttributes, md5OfBody } from './message-md5.ts';
import { numberAttribute } from './queue-attributes.ts';
import type { Queue, ReceivedMessage } from './queue.ts';
import { systemAttributesOf } from './system-attributes.ts';
import { checkRange, unsupported } from './sqs-errors.ts';
import type { SqsModel } from './sqs-model.ts';

/** Takes messages and hides them for a while; waits in world time when there are none. */
export function receiveMessage(
  model: SqsModel,
): Operation<ReceiveMessageRequest, ReceiveMessageResult> {
  return {
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: async (input, call) => {
      if (input.ReceiveRequestAttemptId !== undefined) throw unsupported('FIFO queues');
      const queue = model.queueOf(call, input.QueueUrl);
      const of = (name: string) => numberAttribute(queue.attributes, name);
      const countMax = checkRange(input.MaxNumberOfMessages ?? 1, 'MaxNumberOfMessages', 1, 10);
      const visibility = input.VisibilityTimeout ?? of('VisibilityTimeout');
      checkRange(visibility, 'VisibilityTimeout', 0, 43_200);
      const wait = input.WaitTimeSeconds ?? of('ReceiveMessageWaitTimeSeconds');
      checkRange(wait, 'WaitTimeSeconds', 0, 20);
      const receive = () => queue.receive(countMax, visibility * 1_000);
      const received = await poll(queue, call, receive, wait * 1_000);
      if (received.length === 0) return {};
      return { Messages: received.map((message) => asSdkMessage(message, input)) };
    },
  };
}

function poll(
  queue: Queue,
  call: Call,
  receive: () => readonly ReceivedMessage[],
  waitMs: number,
): Promise<readonly ReceivedMessage[]> {
  const atOnce = receive();
  if (atOnce.length > 0 || waitMs === 0) return Promise.resolve(atOnce);
  return new Promise((resolve) => {
    const cancelEnd = call.world.after(waitMs, 'sqs long poll ends', () => {
      cancelWatch();
      resolve([]);
    });
    const cancelWatch = queue.watch(() => {
      const received = receive();
      if (received.length === 0) return;
      cancelWatch();
      cancelEnd();
      resolve(received);
    });
  });
}

function asSdkMessage(message: ReceivedMessage, input: ReceiveMessageRequest): Message {
  // The older parameter is deprecated but still sent, for one by boto3's resources.
  const older = (input as { readonly ['AttributeNames']?: readonly string[] })['AttributeNames'];
  const wanted: readonly string[] = [
    ...(input.MessageSystemAttributeNames ?? []),
    ...(older ?? []),
  ];
  const system = Object.entries(systemAttributesOf(message)).filter(
    ([name]) => wanted.includes('All') || wanted.includes(name),
  );
  const custom = Object.entries(message.attributes).filter(([name]) =>
    isNamed(name, input.MessageAttributeNames ?? []),
  );
  const attributes = Object.fromEntries(custom);
  const md5 = md5OfAttributes(attributes);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5OfBody(message.body),
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(md5 !== undefined && { MD5OfMessageAttributes: md5, MessageAttributes: attributes }),
  };
}

/** `All`, a name, or a prefix with `.*`. */
function isNamed(name: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (pattern) =>
      pattern === 'All' ||
      pattern === name ||
      (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
  );
}
