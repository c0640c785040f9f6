import { Aws, Validations } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventPattern } from '../core/contract/event-patterns.ts';
import type { Fleet } from '../core/contract/fleet.ts';
import { names } from '../core/contract/names.ts';
import { arns } from './arns.ts';

/** Later than this the probes and the sweep know better, in seconds. */
const EVENT_AGE_MAX = 300;

export interface EventForwardingProps {
  readonly fleet: Fleet;
  /** What is forwarded, for people: `Endpoint alarms`. */
  readonly what: string;
  /** Short name of the queue that keeps what could not be forwarded. */
  readonly deadLetters: string;
  /** Regions whose own bus gets events, and which. */
  readonly to: readonly { readonly region: string; readonly pattern: EventPattern }[];
}

/** Carries events that AWS sends in one region only to Farshore in other regions. */
export class EventForwarding extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { fleet, what, to, ...props }: EventForwardingProps) {
    super(scope, id);
    const buses = to.map((each) => ({
      ...each,
      arn: arns.bus(each.region, names.bus(fleet.name)),
    }));
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: {
        Forward: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['events:PutEvents'],
              resources: buses.map(({ arn }) => arn),
            }),
          ],
        }),
      },
    });
    const deadLetters = new Queue(this, 'DeadLetters', {
      queueName: names.deadLetterQueue(fleet.name, props.deadLetters),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    Validations.of(deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It holds the dead letters of rules, which cdk-nag does not look at.',
    });
    // A rule has at most five targets; one rule for each region has no such limit.
    for (const { region, pattern, arn } of buses) {
      const rule = new CfnRule(this, `To-${region}`, {
        description: `${what} of the fleet ${fleet.name} for Farshore in ${region}`,
        eventPattern: { ...pattern, account: [Aws.ACCOUNT_ID] },
        targets: [
          {
            id: 'Bus',
            arn,
            roleArn: this.role.roleArn,
            deadLetterConfig: { arn: deadLetters.queueArn },
            retryPolicy: { maximumEventAgeInSeconds: EVENT_AGE_MAX, maximumRetryAttempts: 20 },
          },
        ],
      });
      deadLetters.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [deadLetters.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
        }),
      );
    }
  }
}
