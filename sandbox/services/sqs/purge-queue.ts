import type { PurgeQueueRequest } from '@aws-sdk/client-sqs';
import { ServiceError, type Operation } from '../../service-model.ts';
import type { Queue } from './queue.ts';
import type { SqsModel } from './sqs-model.ts';

const PURGE_INTERVAL_MS = 60_000;

/** Empties a queue, once a minute at most. */
export function purgeQueue(model: SqsModel): Operation<PurgeQueueRequest, object> {
  const purgedAtMs = new WeakMap<Queue, number>();
  return {
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      const queue = model.queueOf(call, input.QueueUrl);
      const nowMs = call.world.nowMs();
      const sinceMs = nowMs - (purgedAtMs.get(queue) ?? -Infinity);
      if (sinceMs < PURGE_INTERVAL_MS) {
        throw new ServiceError(
          'PurgeQueueInProgress',
          `Only one PurgeQueue operation on ${queue.options.name} is allowed every 60 seconds.`,
        );
      }
      purgedAtMs.set(queue, nowMs);
      queue.purge();
      return {};
    },
  };
}
