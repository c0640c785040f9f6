import type { Tag, TagResourceRequest } from '@aws-sdk/client-sns';
import type { Operation } from '../../service-model.ts';
import type { SnsModel } from './sns-model.ts';

/** Adds tags to a topic. */
export function tagResource(model: SnsModel): Operation<TagResourceRequest, object> {
  return {
    resources: (input) => [input.ResourceArn ?? ''],
    handle: (input, call) => {
      const topic = model.topicOf(call, input.ResourceArn);
      topic.tags = { ...topic.tags, ...tagsOf(input.Tags) };
      return {};
    },
  };
}

/** Tags by key. */
export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}
