import type { ListServicesRequest, ListServicesResponse } from '@aws-sdk/client-ecs';
import { pageOf } from '../../paging.ts';
import type { Operation } from '../../service-model.ts';
import type { EcsModel } from './ecs-model.ts';

/** ECS lists at most this many services at once, and this many when not asked. */
const PAGE_MAX = 100;
const PAGE_DEFAULT = 10;

export function listServices(
  model: EcsModel,
): Operation<ListServicesRequest, ListServicesResponse> {
  return {
    resources: () => ['*'],
    conditions: ({ cluster }, { region }) => ({
      'ecs:cluster': model.names.cluster(region, cluster),
    }),
    handle: (input, { region }) => {
      const services = [...model.cluster(region, input.cluster).services.values()];
      const maxResults = input.maxResults ?? PAGE_DEFAULT;
      const page = pageOf(services, { ...input, maxResults }, PAGE_MAX);
      return { serviceArns: page.items.map(({ arn }) => arn), nextToken: page.nextToken };
    },
  };
}
