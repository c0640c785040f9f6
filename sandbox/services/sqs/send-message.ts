import type {
  SendMessageBatchRequest,
  SendMessageBatchResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import { ServiceError, type Call, type Operation } from '../../service-model.ts';
import { checkedEntries, runEntries } from './batch-entries.ts';
import { messageBytes } from './message-limits.ts';
import { md5OfAttributes, md5OfBody } from './message-md5.ts';
import { MESSAGE_BYTES_MAX } from './queue-attributes.ts';
import type { QueuedMessage } from './queue.ts';
import { unsupported } from './sqs-errors.ts';
import type { MessageToSend, SqsModel } from './sqs-model.ts';

/** Puts one message into a queue. */
export function sendMessage(model: SqsModel): Operation<SendMessageRequest, SendMessageResult> {
  return {
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      const queue = model.queueOf(call, input.QueueUrl);
      return sentAs(model.send(queue, messageOf(input, call)));
    },
  };
}

/** Puts up to ten messages into a queue, each for itself. */
export function sendMessageBatch(
  model: SqsModel,
): Operation<SendMessageBatchRequest, SendMessageBatchResult> {
  return {
    action: 'sqs:SendMessage',
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      const queue = model.queueOf(call, input.QueueUrl);
      const entries = checkedEntries(input.Entries, 'SendMessageBatchRequestEntry');
      const bytes = entries.reduce((sum, entry) => sum + messageBytes(messageOf(entry, call)), 0);
      if (bytes > MESSAGE_BYTES_MAX) {
        throw new ServiceError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${MESSAGE_BYTES_MAX} bytes. ` +
            `You have sent ${bytes} bytes.`,
        );
      }
      return runEntries(entries, (entry) => ({
        Id: entry.Id,
        ...sentAs(model.send(queue, messageOf(entry, call))),
      }));
    },
  };
}

function messageOf(input: Omit<SendMessageRequest, 'QueueUrl'>, call: Call): MessageToSend {
  if (input.MessageGroupId !== undefined || input.MessageDeduplicationId !== undefined) {
    throw unsupported('message groups and deduplication ids');
  }
  return {
    body: input.MessageBody ?? '',
    delaySeconds: input.DelaySeconds,
    attributes: input.MessageAttributes,
    senderId: call.principal.roleArn ?? call.accountId,
    traceHeader: input.MessageSystemAttributes?.AWSTraceHeader?.StringValue,
  };
}

function sentAs(message: QueuedMessage) {
  const md5 = md5OfAttributes(message.attributes);
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5OfBody(message.body),
    ...(md5 !== undefined && { MD5OfMessageAttributes: md5 }),
  };
}
