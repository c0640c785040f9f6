import type { GetQueueUrlRequest, GetQueueUrlResult } from '@aws-sdk/client-sqs';
import type { Operation } from '../../service-model.ts';
import { queueDoesNotExist } from './sqs-errors.ts';
import type { SqsModel } from './sqs-model.ts';

/** Finds the URL of a queue by its name. */
export function getQueueUrl(model: SqsModel): Operation<GetQueueUrlRequest, GetQueueUrlResult> {
  return {
    resources: (input, call) => [model.arnOf(call.region, input.QueueName ?? '')],
    handle: (input, call) => {
      const name = input.QueueName ?? '';
      if (model.find(call.region, name) === undefined) throw queueDoesNotExist();
      return { QueueUrl: model.urlOf(name) };
    },
  };
}
