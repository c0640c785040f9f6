import type { SubscribeInput, SubscribeResponse } from '@aws-sdk/client-sns';
import type { Operation } from '../../service-model.ts';
import { invalidParameter, unsupported } from './sns-errors.ts';
import type { SnsModel } from './sns-model.ts';

/** How the endpoint of each protocol must look. */
const endpoints: Readonly<Record<string, RegExp>> = {
  email: /^[^@\s]+@[^@\s]+$/,
  'email-json': /^[^@\s]+@[^@\s]+$/,
  http: /^http:\/\//,
  https: /^https:\/\//,
  lambda: /^arn:aws:lambda:/,
  sms: /^\+?[\d -]+$/,
  sqs: /^arn:aws:sqs:/,
};

/** Adds a subscriber; it counts as confirmed at once, since nobody reads mail here. */
export function subscribe(model: SnsModel): Operation<SubscribeInput, SubscribeResponse> {
  return {
    resources: (input) => [input.TopicArn ?? ''],
    handle: (input, call) => {
      const topic = model.topicOf(call, input.TopicArn);
      const protocol = input.Protocol ?? '';
      const endpoint = input.Endpoint ?? '';
      const form = Object.hasOwn(endpoints, protocol) ? endpoints[protocol] : undefined;
      if (form === undefined) {
        throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
      }
      if (!form.test(endpoint)) throw invalidParameter(`Endpoint Reason: ${protocol} endpoint`);
      const attributes = input.Attributes ?? {};
      for (const name of Object.keys(attributes)) checkAttribute(name);
      const present = topic.subscriptions.find(
        (other) => other.protocol === protocol && other.endpoint === endpoint,
      );
      if (present !== undefined) return { SubscriptionArn: present.arn };
      const arn = `${topic.arn}:${call.world.random.uuid()}`;
      topic.subscriptions.push({ arn, protocol, endpoint, attributes });
      return { SubscriptionArn: arn };
    },
  };
}

function checkAttribute(name: string): void {
  if (name === 'FilterPolicy' || name === 'FilterPolicyScope') {
    throw unsupported('filter policies of subscriptions');
  }
  const known = ['DeliveryPolicy', 'RawMessageDelivery', 'RedrivePolicy'];
  if (!known.includes(name)) throw invalidParameter('AttributeName');
}
