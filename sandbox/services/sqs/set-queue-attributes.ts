import type { SetQueueAttributesRequest } from '@aws-sdk/client-sqs';
import type { Operation } from '../../service-model.ts';
import { changedAttributes } from './queue-attributes.ts';
import type { SqsModel } from './sqs-model.ts';

/** Changes settings of a queue at once (AWS takes up to a minute). */
export function setQueueAttributes(model: SqsModel): Operation<SetQueueAttributesRequest, object> {
  return {
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      const queue = model.queueOf(call, input.QueueUrl);
      queue.attributes = changedAttributes(queue.attributes, input.Attributes ?? {});
      queue.modifiedAtMs = call.world.nowMs();
      return {};
    },
  };
}
