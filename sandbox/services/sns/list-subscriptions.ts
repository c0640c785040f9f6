import type {
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  ListSubscriptionsInput,
  ListSubscriptionsResponse,
} from '@aws-sdk/client-sns';
import { pageOf } from '../../paging.ts';
import type { Call, Operation } from '../../service-model.ts';
import type { SnsModel } from './sns-model.ts';
import type { Subscription, Topic } from './topic.ts';

const PAGE_MAX = 100;

/** Lists every subscription of a region. */
export function listSubscriptions(
  model: SnsModel,
): Operation<ListSubscriptionsInput, ListSubscriptionsResponse> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const found = model
        .subscriptionsIn(call.region)
        .map(({ topic, subscription }) => asSdkSubscription(topic, subscription, call));
      return page(found, input.NextToken);
    },
  };
}

export function listSubscriptionsByTopic(
  model: SnsModel,
): Operation<ListSubscriptionsByTopicInput, ListSubscriptionsByTopicResponse> {
  return {
    resources: (input) => [input.TopicArn ?? ''],
    handle: (input, call) => {
      const topic = model.topicOf(call, input.TopicArn);
      const found = topic.subscriptions.map((one) => asSdkSubscription(topic, one, call));
      return page(found, input.NextToken);
    },
  };
}

function page<T>(found: readonly T[], token: string | undefined) {
  const { items, nextToken } = pageOf(found, { nextToken: token }, PAGE_MAX);
  return { Subscriptions: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
}

function asSdkSubscription(topic: Topic, subscription: Subscription, call: Call) {
  return {
    SubscriptionArn: subscription.arn,
    Owner: call.accountId,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    TopicArn: topic.arn,
  };
}
