import type { Hub } from '../../service-model.ts';
import type { Publication } from './publish.ts';
import type { Delivery, Subscription } from './topic.ts';

interface PublishedMessage extends Publication {
  readonly messageId: string;
  readonly topicArn: string;
  readonly atMs: number;
}

/** Hands one message to one subscriber; mail, phones and web hooks end in the inbox. */
export async function deliver(
  hub: Hub,
  subscription: Subscription,
  message: PublishedMessage,
): Promise<Delivery> {
  const { protocol, endpoint } = subscription;
  try {
    if (protocol === 'sqs') sendToQueue(hub, subscription, message);
    if (protocol === 'lambda') await invoke(hub, subscription, message);
    return { protocol, endpoint };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { protocol, endpoint, error: text };
  }
}

function sendToQueue(hub: Hub, subscription: Subscription, message: PublishedMessage): void {
  const delivery = { service: 'sns.amazonaws.com', sourceArn: message.topicArn };
  const text = textFor(subscription, message);
  if (subscription.attributes['RawMessageDelivery'] === 'true') {
    hub.sendToQueue(subscription.endpoint, text, { ...delivery, attributes: message.attributes });
    return;
  }
  const envelope = {
    Type: 'Notification',
    MessageId: message.messageId,
    TopicArn: message.topicArn,
    ...(message.subject !== undefined && { Subject: message.subject }),
    Message: text,
    Timestamp: new Date(message.atMs).toISOString(),
    ...wireAttributes(message),
  };
  hub.sendToQueue(subscription.endpoint, JSON.stringify(envelope), delivery);
}

async function invoke(
  hub: Hub,
  subscription: Subscription,
  message: PublishedMessage,
): Promise<void> {
  const region = subscription.endpoint.split(':')[3] ?? '';
  const record = {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: subscription.arn,
    Sns: {
      Type: 'Notification',
      MessageId: message.messageId,
      TopicArn: message.topicArn,
      Subject: message.subject ?? null,
      Message: textFor(subscription, message),
      Timestamp: new Date(message.atMs).toISOString(),
      MessageAttributes: wireAttributes(message).MessageAttributes ?? {},
    },
  };
  await hub.invokeFunction(region, subscription.endpoint, { Records: [record] });
}

function textFor({ protocol }: Subscription, { texts }: PublishedMessage): string {
  return texts[protocol] ?? texts['default'] ?? '';
}

function wireAttributes({ attributes }: PublishedMessage) {
  const entries = Object.entries(attributes).map(
    ([name, Value]) => [name, { Type: 'String', Value }] as const,
  );
  return entries.length === 0 ? {} : { MessageAttributes: Object.fromEntries(entries) };
}
