import { Aws } from 'aws-cdk-lib';
import { CfnRule, type EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventPattern } from '../core/contract/event-patterns.ts';
import type { LoopFunction } from './loop-function.ts';

/**
 * An event older than this has nothing to say that the sweep has not found meanwhile. EventBridge
 * would by default deliver it up to a day late.
 */
const EVENT_AGE_SECONDS_MAX = 300;
const DELIVERY_RETRIES_MAX = 20;

export interface QueueRuleProps {
  readonly description: string;
  readonly pattern: EventPattern;
  readonly to: LoopFunction;
  /**
   * The bus to listen on.
   * @default - the default bus of the region
   */
  readonly bus?: EventBus;
}

/** Carries the events of a pattern into a loop's queue, or else to its dead letters. */
export class QueueRule extends Construct {
  readonly rule: CfnRule;

  constructor(scope: Construct, id: string, { description, pattern, to, bus }: QueueRuleProps) {
    super(scope, id);
    this.rule = new CfnRule(this, 'Rule', {
      description,
      // Only events of this account: a bus may be opened to others for other reasons.
      eventPattern: { ...pattern, account: [Aws.ACCOUNT_ID] },
      ...(bus === undefined ? {} : { eventBusName: bus.eventBusName }),
      targets: [
        {
          id: 'Queue',
          arn: to.queue.queueArn,
          deadLetterConfig: { arn: to.deadLetterQueue.queueArn },
          retryPolicy: {
            maximumEventAgeInSeconds: EVENT_AGE_SECONDS_MAX,
            maximumRetryAttempts: DELIVERY_RETRIES_MAX,
          },
        },
      ],
    });
    this.#allow(to.queue);
    this.#allow(to.deadLetterQueue);
  }

  #allow(queue: Queue): void {
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': this.rule.attrArn } },
      }),
    );
  }
}
