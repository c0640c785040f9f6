import type { CreateQueueRequest, CreateQueueResult } from '@aws-sdk/client-sqs';
import { ServiceError, type Operation } from '../../service-model.ts';
import { changedAttributes } from './queue-attributes.ts';
import { invalidParameter, unsupported } from './sqs-errors.ts';
import type { SqsModel } from './sqs-model.ts';

/** Makes a standard queue; repeating it with the same attributes gives the same queue. */
export function createQueue(model: SqsModel): Operation<CreateQueueRequest, CreateQueueResult> {
  return {
    resources: (input, call) => [model.arnOf(call.region, input.QueueName ?? '')],
    handle: (input, call) => {
      const name = input.QueueName ?? '';
      if (name.endsWith('.fifo')) throw unsupported('FIFO queues');
      if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
        throw invalidParameter(
          name,
          'QueueName',
          'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
        );
      }
      const wanted = changedAttributes(undefined, input.Attributes ?? {});
      const present = model.find(call.region, name);
      if (present === undefined) model.create(call.region, name, wanted);
      else refuseDifference(present.attributes, input.Attributes ?? {});
      return { QueueUrl: model.urlOf(name) };
    },
  };
}

function refuseDifference(
  present: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (present[name] === value) continue;
    throw new ServiceError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${name}`,
    );
  }
}
