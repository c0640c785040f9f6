import { ServiceError } from '../../service-model.ts';
import type { EventEnvelope, Hops, Rule, RuleTarget } from './event-bus.ts';
import { DEFAULT_MAX_AGE_SECONDS, DEFAULT_MAX_RETRIES } from './deliver.ts';
import { asynchronousInvocation, deliver, exponentialBackoff } from './deliver.ts';
import type { DeliveryFailure, RetryPolicy } from './deliver.ts';
import type { EventBridgeModel } from './eventbridge-model.ts';
import { targetInput } from './target-input.ts';

/** An event that a rule sends to one of its targets. */
interface Dispatch {
  readonly region: string;
  readonly rule: Rule;
  readonly target: RuleTarget;
  readonly event: EventEnvelope;
  readonly hops: Hops;
}

/** Starts one delivery; what cannot be delivered ends in the target's dead-letter queue. */
export function deliverEvent(model: EventBridgeModel, dispatch: Dispatch): void {
  const { region, rule, target, event } = dispatch;
  const input = targetInput(target, event, rule.arn);
  deliver(model.world, model.hub, {
    name: `eventbridge ${rule.name} -> ${target.Id}`,
    region,
    send: () => send(model, dispatch, input),
    retry: retryPolicy(model, target),
    giveUp: (failure) => {
      bury(model, dispatch, { input, failure });
    },
  });
}

function retryPolicy(model: EventBridgeModel, target: RuleTarget): RetryPolicy {
  if (serviceOf(target) === 'lambda') return asynchronousInvocation;
  const policy = target.RetryPolicy;
  return {
    maxAgeMs: (policy?.MaximumEventAgeInSeconds ?? DEFAULT_MAX_AGE_SECONDS) * 1_000,
    maxRetries: policy?.MaximumRetryAttempts ?? DEFAULT_MAX_RETRIES,
    backoffMs: exponentialBackoff(model.world),
  };
}

async function send(model: EventBridgeModel, dispatch: Dispatch, input: string): Promise<void> {
  const { region, target } = dispatch;
  if (serviceOf(target) === 'sqs') {
    const sender = { service: 'events.amazonaws.com', sourceArn: dispatch.rule.arn };
    model.hub.sendToQueue(target.Arn, input, sender);
  } else if (serviceOf(target) === 'events') forward(model, dispatch);
  else await model.hub.invokeFunction(region, target.Arn, JSON.parse(input));
}

/** Between buses an event keeps its id, time, region and source. */
function forward(model: EventBridgeModel, { region, target, event, hops }: Dispatch): void {
  const [, , , to = region, , resource = ''] = target.Arn.split(':');
  const isRegional = to !== region;
  if (isRegional && hops.regional) {
    throw new ServiceError('THIRD_REGION_HOP_DETECTED', 'An event crosses regions only once.');
  }
  if (!isRegional && hops.local) {
    throw new ServiceError(
      'THIRD_ACCOUNT_HOP_DETECTED',
      'Events received from another event bus cannot be forwarded to this event bus.',
    );
  }
  if (!model.hub.isUp(to) || !model.hub.canReach(region, to)) {
    throw new ServiceError('InternalException', `${to} does not answer ${region}`);
  }
  model.accept(to, resource.replace('event-bus/', ''), event, {
    local: hops.local || !isRegional,
    regional: hops.regional || isRegional,
  });
}

interface Burial {
  readonly input: string;
  readonly failure: DeliveryFailure;
}

/** Without a dead-letter queue, or when that fails too, the event is dropped and counted. */
function bury(model: EventBridgeModel, dispatch: Dispatch, { input, failure }: Burial): void {
  const { region, rule, target } = dispatch;
  const count = (name: string): void => {
    const dimensions = { RuleName: rule.name };
    model.hub.putMetric(region, { namespace: 'AWS/Events', name, dimensions, value: 1 });
  };
  count('FailedInvocations');
  const queueArn = target.DeadLetterConfig?.Arn;
  if (queueArn === undefined) return;
  try {
    model.hub.sendToQueue(queueArn, input, {
      attributes: {
        RULE_ARN: rule.arn,
        TARGET_ARN: target.Arn,
        ...failureAttributes(failure),
      },
    });
    count('InvocationsSentToDlq');
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    count('InvocationsFailedToBeSentToDlq');
  }
}

/** How EventBridge and Scheduler tell why a message is a dead letter. */
export function failureAttributes(failure: DeliveryFailure): Readonly<Record<string, string>> {
  return {
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    RETRY_ATTEMPTS: String(failure.retries),
    ...(failure.exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: failure.exhausted }),
  };
}

function serviceOf(target: RuleTarget): string | undefined {
  return target.Arn.split(':')[2];
}
