import type {
  EventSourceMappingConfiguration,
  ListEventSourceMappingsRequest,
  ListEventSourceMappingsResponse,
} from '@aws-sdk/client-lambda';
import { pageOf } from '../../paging.ts';
import type { Operation } from '../../service-model.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import type { LambdaModel } from './lambda-model.ts';

const PAGE_MAX = 100;

/** Lists the mappings of a region, or those of one queue or function. */
export function listEventSourceMappings(
  model: LambdaModel,
): Operation<ListEventSourceMappingsRequest, ListEventSourceMappingsResponse> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const { EventSourceArn: queueArn, FunctionName: name } = input;
      const arn = name === undefined ? undefined : model.arnOf(call.region, name);
      const found = model.mappings
        .filter(({ options }) => options.fn.spec.region === call.region)
        .filter(({ options }) => queueArn === undefined || options.queueArn === queueArn)
        .filter(({ options }) => arn === undefined || options.fn.spec.arn === arn)
        .map(describeMapping);
      const request = { nextToken: input.Marker, maxResults: input.MaxItems };
      const { items, nextToken } = pageOf(found, request, PAGE_MAX);
      return {
        EventSourceMappings: items,
        ...(nextToken !== undefined && { NextMarker: nextToken }),
      };
    },
  };
}

/** A mapping as the API gives it. */
export function describeMapping({ options }: EventSourceMapping): EventSourceMappingConfiguration {
  const [, , , region, account] = options.fn.spec.arn.split(':');
  return {
    UUID: options.id,
    EventSourceMappingArn: `arn:aws:lambda:${region}:${account}:event-source-mapping:${options.id}`,
    EventSourceArn: options.queueArn,
    FunctionArn: options.fn.spec.arn,
    BatchSize: options.batchSize,
    MaximumBatchingWindowInSeconds: options.windowSeconds,
    FunctionResponseTypes: options.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
    ScalingConfig: { MaximumConcurrency: options.concurrencyMax },
    State: options.isEnabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
    LastModified: new Date(options.modifiedAtMs),
  };
}
