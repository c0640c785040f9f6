import type {
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
  DeleteMessageRequest,
} from '@aws-sdk/client-sqs';
import type { Operation } from '../../service-model.ts';
import { checkedEntries, runEntries } from './batch-entries.ts';
import type { SqsModel } from './sqs-model.ts';

/** Takes a received message out of the queue for good. */
export function deleteMessage(model: SqsModel): Operation<DeleteMessageRequest, object> {
  return {
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      model.queueOf(call, input.QueueUrl).delete(input.ReceiptHandle ?? '');
      return {};
    },
  };
}

/** Takes up to ten messages out, each for itself. */
export function deleteMessageBatch(
  model: SqsModel,
): Operation<DeleteMessageBatchRequest, DeleteMessageBatchResult> {
  return {
    action: 'sqs:DeleteMessage',
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      const queue = model.queueOf(call, input.QueueUrl);
      const entries = checkedEntries(input.Entries, 'DeleteMessageBatchRequestEntry');
      return runEntries(entries, ({ Id, ReceiptHandle }) => {
        queue.delete(ReceiptHandle ?? '');
        return { Id };
      });
    },
  };
}
