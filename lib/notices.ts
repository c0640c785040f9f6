import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Fleet } from '../core/contract/fleet.ts';
import { names } from '../core/contract/names.ts';
import type { Permission } from './permission.ts';

export interface NoticesProps {
  readonly fleet: Fleet;
}

/**
 * The topic that tells people what Farshore did. Every region has its own, so that the notice of a
 * failover never needs the region that failed.
 */
export class Notices extends Construct {
  readonly topic: Topic;
  readonly permissions: readonly Permission[];

  constructor(scope: Construct, id: string, { fleet }: NoticesProps) {
    super(scope, id);
    // A key of our own, because CloudWatch alarms cannot publish through the key `alias/aws/sns`.
    const key = new Key(this, 'Key', {
      description: `Encrypts the notices of the fleet ${fleet.name}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        // In a key policy `*` is this key.
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    this.topic = new Topic(this, 'Topic', {
      topicName: names.topic(fleet.name),
      displayName: `Farshore ${fleet.name}`,
      masterKey: key,
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    subscribe(this, this.topic, fleet);

    this.permissions = [
      {
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        because: 'A decision that people should know of leaves as a notice.',
      },
      {
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [key.keyArn],
        because: 'The topic is encrypted with a key of its own.',
      },
    ];
  }
}

function subscribe(scope: Construct, topic: Topic, fleet: Fleet): void {
  const { email, subscriptions } = fleet.notifications;
  const all = [
    ...email.map((endpoint) => ({ protocol: 'email', endpoint })),
    ...subscriptions.map(({ protocol, endpoint }) => ({ protocol, endpoint })),
  ];
  for (const { protocol, endpoint } of all) {
    // The id comes from the subscription, so that removing one leaves the others in place.
    new CfnSubscription(scope, `${protocol}:${endpoint.replaceAll('/', '|')}`, {
      topicArn: topic.topicArn,
      protocol,
      endpoint,
    });
  }
}
