import type {
  CreateEventSourceMappingRequest,
  EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../service-model.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { CONCURRENCY_DEFAULT, EventSourceMapping } from './event-source-mapping.ts';
import { conflict, invalidParameter, refuseParameters } from './lambda-errors.ts';
import type { LambdaModel } from './lambda-model.ts';
import { describeMapping } from './list-event-source-mappings.ts';

/** What a function's role needs for Lambda to read a queue in its name. */
const neededActions = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

const BATCH_SIZE_DEFAULT = 10;

const unsupported = [
  ...['AmazonManagedKafkaEventSourceConfig', 'BisectBatchOnFunctionError', 'DestinationConfig'],
  ...['DocumentDBEventSourceConfig', 'FilterCriteria', 'MaximumRecordAgeInSeconds'],
  ...['MaximumRetryAttempts', 'ParallelizationFactor', 'ProvisionedPollerConfig', 'Queues'],
  ...['SelfManagedEventSource', 'SelfManagedKafkaEventSourceConfig', 'StartingPosition', 'Topics'],
  'TumblingWindowInSeconds',
];

/** Feeds a function from an SQS queue, from now on. */
export function createEventSourceMapping(
  model: LambdaModel,
): Operation<CreateEventSourceMappingRequest, EventSourceMappingConfiguration> {
  return {
    // IAM judges this action by the function it feeds.
    resources: (input, call) => [model.arnOf(call.region, input.FunctionName)],
    handle: (input, call) => {
      refuseParameters(input, unsupported);
      const fn = model.functionOf(call.region, input.FunctionName);
      const queueArn = input.EventSourceArn ?? '';
      checkQueue(model, queueArn, fn);
      checkBatch(input);
      const mapping = new EventSourceMapping(model, {
        id: call.world.random.uuid(),
        queueArn,
        fn,
        batchSize: input.BatchSize ?? BATCH_SIZE_DEFAULT,
        windowSeconds: input.MaximumBatchingWindowInSeconds ?? 0,
        reportsItemFailures:
          input.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
        concurrencyMax: input.ScalingConfig?.MaximumConcurrency ?? CONCURRENCY_DEFAULT,
        isEnabled: input.Enabled ?? true,
        modifiedAtMs: call.world.nowMs(),
      });
      model.mappings.push(mapping);
      mapping.start();
      return describeMapping(mapping);
    },
  };
}

function checkQueue(model: LambdaModel, queueArn: string, fn: DeployedFunction): void {
  const { queues, mayDo } = model.options;
  if (!queueArn.startsWith('arn:aws:sqs:')) {
    throw invalidParameter('The local cloud feeds functions from SQS queues only.');
  }
  const visibility = queues.visibilitySeconds(queueArn);
  if (visibility === undefined) {
    throw invalidParameter(
      'Error occurred while ReceiveMessage. SQS Error Code: ' +
        'AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does ' +
        'not exist.',
    );
  }
  const { timeoutSeconds, roleArn } = fn.spec;
  if (visibility < timeoutSeconds) {
    throw invalidParameter(
      `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ` +
        `${timeoutSeconds} seconds`,
    );
  }
  for (const action of neededActions) {
    if (mayDo?.(roleArn, `sqs:${action}`, queueArn) ?? true) continue;
    throw invalidParameter(
      `The provided execution role does not have permissions to call ${action} on SQS`,
    );
  }
  const isTaken = model.mappings.some(
    ({ options }) => options.queueArn === queueArn && options.fn === fn,
  );
  if (isTaken) {
    throw conflict(
      `An event source mapping with SQS arn ("${queueArn}") and function ("${fn.spec.name}") ` +
        'already exists.',
    );
  }
}

function checkBatch(input: CreateEventSourceMappingRequest): void {
  const { BatchSize = BATCH_SIZE_DEFAULT, MaximumBatchingWindowInSeconds: window = 0 } = input;
  if (BatchSize < 1 || BatchSize > 10_000) {
    throw invalidParameter(`Batch size must be between 1 and 10000, but it is ${BatchSize}.`);
  }
  if (window < 0 || window > 300) {
    throw invalidParameter(`The batching window must be between 0 and 300 s, but it is ${window}.`);
  }
  if (BatchSize > 10 && window === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater ' +
        'than 10',
    );
  }
  const concurrency = input.ScalingConfig?.MaximumConcurrency;
  if (concurrency !== undefined && (concurrency < 2 || concurrency > 1_000)) {
    throw invalidParameter(
      `MaximumConcurrency must be between 2 and 1000, but it is ${concurrency}.`,
    );
  }
}
