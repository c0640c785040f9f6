import type {
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListTopicsInput,
  ListTopicsResponse,
  SetTopicAttributesInput,
} from '@aws-sdk/client-sns';
import { pageOf } from '../../paging.ts';
import type { Operation } from '../../service-model.ts';
import type { SnsModel } from './sns-model.ts';
import { checkTopicAttribute } from './topic-attributes.ts';

const PAGE_MAX = 100;

/** Lists the topics of a region by ARN. */
export function listTopics(model: SnsModel): Operation<ListTopicsInput, ListTopicsResponse> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const topics = model.topicsIn(call.region).map(({ arn }) => ({ TopicArn: arn }));
      const { items, nextToken } = pageOf(topics, { nextToken: input.NextToken }, PAGE_MAX);
      return { Topics: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
  };
}

export function getTopicAttributes(
  model: SnsModel,
): Operation<GetTopicAttributesInput, GetTopicAttributesResponse> {
  return {
    resources: (input) => [input.TopicArn ?? ''],
    handle: (input, call) => {
      const topic = model.topicOf(call, input.TopicArn);
      return {
        Attributes: {
          DisplayName: '',
          ...topic.attributes,
          TopicArn: topic.arn,
          Owner: call.accountId,
          SubscriptionsConfirmed: String(topic.subscriptions.length),
          SubscriptionsPending: '0',
          SubscriptionsDeleted: '0',
        },
      };
    },
  };
}

export function setTopicAttributes(model: SnsModel): Operation<SetTopicAttributesInput, object> {
  return {
    resources: (input) => [input.TopicArn ?? ''],
    handle: (input, call) => {
      const topic = model.topicOf(call, input.TopicArn);
      const name = input.AttributeName ?? '';
      checkTopicAttribute(name);
      topic.attributes = { ...topic.attributes, [name]: input.AttributeValue ?? '' };
      return {};
    },
  };
}
