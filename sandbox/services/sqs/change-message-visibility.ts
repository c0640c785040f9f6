import type {
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
  ChangeMessageVisibilityRequest,
} from '@aws-sdk/client-sqs';
import type { Operation } from '../../service-model.ts';
import { checkedEntries, runEntries } from './batch-entries.ts';
import type { Queue } from './queue.ts';
import { checkRange } from './sqs-errors.ts';
import type { SqsModel } from './sqs-model.ts';

/** Hides a received message for longer, or shows it again at once. */
export function changeMessageVisibility(
  model: SqsModel,
): Operation<ChangeMessageVisibilityRequest, object> {
  return {
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      change(model.queueOf(call, input.QueueUrl), input.ReceiptHandle, input.VisibilityTimeout);
      return {};
    },
  };
}

/** Changes up to ten messages, each for itself. */
export function changeMessageVisibilityBatch(
  model: SqsModel,
): Operation<ChangeMessageVisibilityBatchRequest, ChangeMessageVisibilityBatchResult> {
  return {
    action: 'sqs:ChangeMessageVisibility',
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      const queue = model.queueOf(call, input.QueueUrl);
      const entries = checkedEntries(input.Entries, 'ChangeMessageVisibilityBatchRequestEntry');
      return runEntries(entries, ({ Id, ReceiptHandle, VisibilityTimeout }) => {
        change(queue, ReceiptHandle, VisibilityTimeout);
        return { Id };
      });
    },
  };
}

function change(
  queue: Queue,
  receiptHandle: string | undefined,
  seconds: number | undefined,
): void {
  const visibility = checkRange(seconds ?? 0, 'VisibilityTimeout', 0, 43_200);
  queue.changeVisibility(receiptHandle ?? '', visibility * 1_000);
}
