import type { CreateTopicInput, CreateTopicResponse } from '@aws-sdk/client-sns';
import type { Operation } from '../../service-model.ts';
import { invalidParameter, unsupported } from './sns-errors.ts';
import type { SnsModel } from './sns-model.ts';
import { tagsOf } from './tag-resource.ts';
import { checkTopicAttribute } from './topic-attributes.ts';

/** Makes a standard topic; repeating it gives the same topic. */
export function createTopic(model: SnsModel): Operation<CreateTopicInput, CreateTopicResponse> {
  return {
    resources: (input, call) => [model.arnOf(call.region, input.Name ?? '')],
    handle: (input, call) => {
      const name = input.Name ?? '';
      if (name.endsWith('.fifo')) throw unsupported('FIFO topics');
      if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalidParameter('Topic Name');
      const attributes = input.Attributes ?? {};
      for (const attribute of Object.keys(attributes)) checkTopicAttribute(attribute);
      const arn = model.arnOf(call.region, name);
      if (model.find(arn) === undefined) {
        const { region } = call;
        const tags = tagsOf(input.Tags);
        model.add({ arn, region, name, attributes, tags, subscriptions: [] });
      }
      return { TopicArn: arn };
    },
  };
}
