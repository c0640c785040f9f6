import type { ListQueuesRequest, ListQueuesResult } from '@aws-sdk/client-sqs';
import type { Operation } from '../../service-model.ts';
import { pageOf } from '../../paging.ts';
import type { SqsModel } from './sqs-model.ts';

const PAGE_MAX = 1_000;

/** Lists the queues of a region whose name starts with a prefix. */
export function listQueues(model: SqsModel): Operation<ListQueuesRequest, ListQueuesResult> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const urls = model
        .queuesIn(call.region)
        .map((queue) => queue.options.name)
        .filter((name) => name.startsWith(input.QueueNamePrefix ?? ''))
        .sort()
        .map((name) => model.urlOf(name));
      const request = { nextToken: input.NextToken, maxResults: input.MaxResults };
      const { items, nextToken } = pageOf(urls, request, PAGE_MAX);
      return { QueueUrls: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
  };
}
