import type {
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  QueueAttributeName,
} from '@aws-sdk/client-sqs';
import { ServiceError, type Operation } from '../../service-model.ts';
import type { Queue } from './queue.ts';
import type { SqsModel } from './sqs-model.ts';

/** Reads what a queue was set to and how many messages it holds. */
export function getQueueAttributes(
  model: SqsModel,
): Operation<GetQueueAttributesRequest, GetQueueAttributesResult> {
  return {
    resources: (input, call) => model.resourceOf(call, input.QueueUrl),
    handle: (input, call) => {
      const all = attributesOf(model.queueOf(call, input.QueueUrl));
      const wanted: readonly QueueAttributeName[] = input.AttributeNames ?? [];
      if (wanted.length === 0) return {};
      for (const name of wanted) checkName(name);
      const isWanted = (name: string) =>
        wanted.includes('All') || wanted.some((other) => other === name);
      const entries = Object.entries(all).filter(([name]) => isWanted(name));
      return { Attributes: Object.fromEntries(entries) };
    },
  };
}

const names: readonly string[] = [
  ...['All', 'Policy', 'VisibilityTimeout', 'MaximumMessageSize', 'MessageRetentionPeriod'],
  ...['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  ...['ApproximateNumberOfMessagesDelayed', 'CreatedTimestamp', 'LastModifiedTimestamp'],
  ...['QueueArn', 'DelaySeconds', 'ReceiveMessageWaitTimeSeconds', 'RedrivePolicy', 'FifoQueue'],
  ...['ContentBasedDeduplication', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'],
  ...['DeduplicationScope', 'FifoThroughputLimit', 'RedriveAllowPolicy', 'SqsManagedSseEnabled'],
];

function checkName(name: string): void {
  if (names.includes(name)) return;
  throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
}

function attributesOf(queue: Queue): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts();
  const seconds = (ms: number) => String(Math.floor(ms / 1_000));
  return {
    ...queue.attributes,
    QueueArn: queue.options.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: seconds(queue.options.createdAtMs),
    LastModifiedTimestamp: seconds(queue.modifiedAtMs),
  };
}
