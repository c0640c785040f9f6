import type { Call, Hub, Operation, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { createTopic } from './create-topic.ts';
import { deliver } from './deliver.ts';
import { listSubscriptions, listSubscriptionsByTopic } from './list-subscriptions.ts';
import { publish, type Publication } from './publish.ts';
import { topicNotFound } from './sns-errors.ts';
import { subscribe } from './subscribe.ts';
import { tagResource } from './tag-resource.ts';
import type { Delivery, Subscription, Topic } from './topic.ts';
import { getTopicAttributes, listTopics, setTopicAttributes } from './topic-operations.ts';

/** One published message, with everyone it went to. */
export interface InboxMessage {
  readonly messageId: string;
  readonly region: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly atMs: number;
  readonly deliveries: readonly Delivery[];
}

/** SNS standard topics of every region, and the inbox of what they delivered. */
export class SnsModel {
  readonly service: Service;
  readonly #world: World;
  readonly #hub: Hub;
  readonly #accountId: string;
  readonly #topics = new Map<string, Topic>();
  readonly #inbox: InboxMessage[] = [];

  constructor(world: World, hub: Hub, options: { readonly accountId: string }) {
    this.#world = world;
    this.#hub = hub;
    this.#accountId = options.accountId;
    this.service = { id: 'sns', iamPrefix: 'sns', operations: operationsOf(this) };
  }

  /** Everything published, oldest first, with the endpoints it went to. */
  inbox(): readonly InboxMessage[] {
    return this.#inbox;
  }

  arnOf(region: string, name: string): string {
    return `arn:aws:sns:${region}:${this.#accountId}:${name}`;
  }

  add(topic: Topic): void {
    this.#topics.set(topic.arn, topic);
  }

  find(arn: string): Topic | undefined {
    return this.#topics.get(arn);
  }

  /** The topic of an ARN; one of another region is as good as none. */
  topicOf(call: Call, arn: string | undefined): Topic {
    const topic = this.#topics.get(arn ?? '');
    if (topic?.region !== call.region) throw topicNotFound();
    return topic;
  }

  topicsIn(region: string): readonly Topic[] {
    return [...this.#topics.values()].filter((topic) => topic.region === region);
  }

  subscriptionsIn(region: string): readonly { topic: Topic; subscription: Subscription }[] {
    return this.topicsIn(region).flatMap((topic) =>
      topic.subscriptions.map((subscription) => ({ topic, subscription })),
    );
  }

  /** Delivers to all subscribers; puts one entry into the inbox. Returns the message's id. */
  async publish(topic: Topic, publication: Publication): Promise<string> {
    const messageId = this.#world.random.uuid();
    const atMs = this.#world.nowMs();
    const message = { ...publication, messageId, topicArn: topic.arn, atMs };
    const deliveries = await Promise.all(
      topic.subscriptions.map((subscription) => deliver(this.#hub, subscription, message)),
    );
    this.#inbox.push({
      messageId,
      region: topic.region,
      topicArn: topic.arn,
      subject: publication.subject,
      text: publication.texts['default'] ?? '',
      attributes: publication.attributes,
      atMs,
      deliveries,
    });
    return messageId;
  }
}

function operationsOf(model: SnsModel): Readonly<Record<string, Operation>> {
  return {
    CreateTopic: createTopic(model),
    GetTopicAttributes: getTopicAttributes(model),
    ListSubscriptions: listSubscriptions(model),
    ListSubscriptionsByTopic: listSubscriptionsByTopic(model),
    ListTopics: listTopics(model),
    Publish: publish(model),
    SetTopicAttributes: setTopicAttributes(model),
    Subscribe: subscribe(model),
    TagResource: tagResource(model),
  };
}
