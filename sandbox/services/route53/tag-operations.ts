import type {
  ChangeTagsForResourceCommandInput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { healthCheck, healthCheckArn } from './health-check-operations.ts';
import type { Route53Model } from './route53-model.ts';

interface Tagged {
  readonly ResourceType?: string | undefined;
  readonly ResourceId?: string | undefined;
}

/** Tags of health checks; the local cloud keeps none for zones. */
export function changeTagsForResource(
  model: Route53Model,
): Operation<ChangeTagsForResourceCommandInput, object> {
  return {
    resources: (input) => [healthCheckArn(input.ResourceId)],
    handle: (input) => {
      const tags = tagsOf(model, input);
      for (const { Key: key = '', Value: value = '' } of input.AddTags ?? []) tags.set(key, value);
      for (const key of input.RemoveTagKeys ?? []) tags.delete(key);
      return {};
    },
  };
}

export function listTagsForResource(
  model: Route53Model,
): Operation<ListTagsForResourceCommandInput, Omit<ListTagsForResourceCommandOutput, '$metadata'>> {
  return {
    resources: (input) => [healthCheckArn(input.ResourceId)],
    handle: (input) => ({
      ResourceTagSet: {
        ResourceType: input.ResourceType,
        ResourceId: input.ResourceId,
        Tags: [...tagsOf(model, input)].map(([Key, Value]) => ({ Key, Value })),
      },
    }),
  };
}

function tagsOf(model: Route53Model, { ResourceType: type, ResourceId: id }: Tagged) {
  if (type === 'healthcheck') return healthCheck(model, id).tags;
  throw new ServiceError(
    'InvalidInput',
    `The local cloud keeps no tags of a ${type ?? 'resource'}.`,
  );
}
