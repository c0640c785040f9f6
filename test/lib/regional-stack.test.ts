import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { resourcesOf, shop, synthesize, text } from './synthesize.ts';

const { regional } = synthesize();
const regions = Object.keys(shop.regions);

/** Anchors of the runbook's sections, as GitHub makes them. */
const runbook = [...readFileSync('docs/operator-runbook.md', 'utf8').matchAll(/^## (.+)$/gm)].map(
  ([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'),
);

const propertiesOf = (region: string, type: string) =>
  Object.values(resourcesOf(regional(region), type)).map(({ Properties }) => Properties);

describe.each(regions)('in %s', (region) => {
  test('every rule leads to a queue, keeps what it cannot deliver and gives up after 5 minutes', () => {
    for (const { Targets } of propertiesOf(region, 'AWS::Events::Rule')) {
      expect(Targets).toEqual([
        expect.objectContaining({
          DeadLetterConfig: expect.anything(),
          RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 20 },
        }),
      ]);
    }
  });

  test('every rule takes events of its own account only', () => {
    for (const { EventPattern } of propertiesOf(region, 'AWS::Events::Rule')) {
      expect(EventPattern).toMatchObject({ account: [{ Ref: 'AWS::AccountId' }] });
    }
  });

  test('every rule may write to its queue and its dead letters, and nobody else may', () => {
    const rules = Object.keys(resourcesOf(regional(region), 'AWS::Events::Rule'));
    const policies = JSON.stringify(propertiesOf(region, 'AWS::SQS::QueuePolicy'));
    for (const rule of rules) {
      const source = `"aws:SourceArn":{"Fn::GetAtt":["${rule}","Arn"]}`;
      expect(policies.split(source)).toHaveLength(3);
    }
    expect(policies.match(/"Principal":\{"Service":"(?!events)/)).toBeNull();
  });

  test('the probes run each minute and the sweep as the fleet file says', () => {
    const schedules = propertiesOf(region, 'AWS::Scheduler::Schedule');
    const seen = schedules.map(({ ScheduleExpression, Target }) => {
      return [ScheduleExpression, (Target as { Input: string }).Input];
    });
    expect(seen).toEqual([
      ['rate(1 minute)', '{"kind":"probe-minute"}'],
      ['rate(1 minute)', '{"kind":"sweep"}'],
    ]);
  });

  test('each schedule may send to its own queue only', () => {
    const policies = propertiesOf(region, 'AWS::IAM::Policy');
    expect(policies).toHaveLength(2);
    for (const { PolicyDocument } of policies) {
      const { Statement } = PolicyDocument as { Statement: readonly object[] };
      for (const statement of Statement) {
        expect(statement).toMatchObject({
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': [expect.stringMatching(/Queue|DeadLetters/), 'Arn'] },
        });
      }
    }
  });

  test('notices are encrypted, refuse plain HTTP and reach every subscriber', () => {
    regional(region).hasResourceProperties('AWS::SNS::Topic', {
      TopicName: 'farshore-shop-notices',
    });
    expect(JSON.stringify(propertiesOf(region, 'AWS::SNS::TopicPolicy'))).toContain(
      '"aws:SecureTransport":"false"',
    );
    const subscribers = propertiesOf(region, 'AWS::SNS::Subscription').map(
      ({ Protocol, Endpoint }) => [Protocol, Endpoint],
    );
    expect(subscribers).toEqual([
      ['email', 'oncall@shop.example'],
      ['https', 'https://hooks.shop.example/farshore'],
    ]);
  });

  test('every alarm on Farshore itself tells people, and says what to do', () => {
    const alarms = propertiesOf(region, 'AWS::CloudWatch::Alarm').filter(
      ({ AlarmName }) => AlarmName === undefined,
    );
    expect(alarms).toHaveLength(6 * 3 + 1);
    for (const { AlarmActions, AlarmDescription } of alarms) {
      expect(AlarmActions).toEqual([{ Ref: expect.stringContaining('NoticesTopic') }]);
      expect(AlarmDescription).toMatch(/Look at: .* Runbook: docs\/operator-runbook\.md#[a-z-]+$/);
      expect(runbook).toContain(String(AlarmDescription).split('#')[1]);
    }
  });

  test('a message that fails is an alarm, although its function did not', () => {
    const failures = propertiesOf(region, 'AWS::CloudWatch::Alarm').filter(
      ({ Namespace, MetricName }) => Namespace === 'Farshore' && MetricName === 'Failures',
    );
    const services = propertiesOf(region, 'AWS::Lambda::Function').map(
      ({ Environment }) =>
        (Environment as { Variables: Record<string, unknown> }).Variables[
          'POWERTOOLS_SERVICE_NAME'
        ],
    );
    expect(services).toHaveLength(6);
    const watched = failures.map(({ Dimensions }) => Dimensions);
    expect(watched).toEqual(services.map((Value) => [{ Name: 'service', Value }]));
    for (const alarm of failures) {
      expect(alarm).toMatchObject({
        Statistic: 'Sum',
        Period: 60,
        DatapointsToAlarm: 3,
        EvaluationPeriods: 15,
        TreatMissingData: 'notBreaching',
      });
    }
  });

  test('missing sweeps are an alarm, but not before there was one', () => {
    regional(region).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'NumberOfMessagesDeleted',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'ignore',
    });
  });
});

test('the observer has no latches and no scaling alarms, but all functions', () => {
  const observer = regional('us-east-2');
  observer.resourceCountIs('AWS::S3::Bucket', 0);
  observer.resourceCountIs('AWS::Lambda::Function', 6);
  const names = propertiesOf('us-east-2', 'AWS::CloudWatch::Alarm').map(
    (each) => each['AlarmName'],
  );
  expect(names.filter((name) => name !== undefined)).toEqual([]);
});

test('the alarm of a scaling policy is what the fleet file says', () => {
  regional('us-west-2').hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'farshore-shop-storefront-quiet',
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 5,
    DatapointsToAlarm: 5,
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 30,
    TreatMissingData: 'missing',
    Dimensions: [
      { Name: 'ClusterName', Value: 'shop' },
      { Name: 'ServiceName', Value: 'storefront-web' },
    ],
  });
});

describe('the journal', () => {
  test('is strongly consistent in three regions, recoverable and hard to delete', () => {
    const [table] = Object.values(resourcesOf(regional('us-east-1'), 'AWS::DynamoDB::GlobalTable'));
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { TableName: 'farshore-shop-journal', MultiRegionConsistency: 'STRONG' },
    });
    const replicas = table?.Properties['Replicas'] as readonly object[];
    expect(replicas).toHaveLength(3);
    for (const replica of replicas) {
      expect(replica).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
  });

  test('is created by one stack only', () => {
    regional('us-west-2').resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
    regional('us-east-2').resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
  });

  test('may have a witness for a third region', () => {
    const fleet = { ...shop, coordination: { regions: undefined, witness: 'us-east-2' } };
    const two = Object.fromEntries(
      Object.entries(shop.regions).filter(([region]) => region !== 'us-east-2'),
    );
    const { regional: of } = synthesize({ ...fleet, regions: two });
    of('us-east-1').hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      GlobalTableWitnesses: [{ Region: 'us-east-2' }],
      Replicas: [
        Match.objectLike({ Region: 'us-west-2' }),
        Match.objectLike({ Region: 'us-east-1' }),
      ],
    });
  });

  test('is an ordinary table where there is one region', () => {
    const { 'us-east-1': only } = shop.regions;
    if (only === undefined) throw new Error('the shop is in us-east-1');
    const { regional: of } = synthesize({
      ...shop,
      regions: { 'us-east-1': only },
      applications: {},
    });
    const [table] = Object.values(resourcesOf(of('us-east-1'), 'AWS::DynamoDB::GlobalTable'));
    expect(table?.Properties['MultiRegionConsistency']).toBeUndefined();
    expect(table?.Properties['Replicas']).toHaveLength(1);
  });
});

test('a latch can be read by anybody and listed by nobody', () => {
  const [bucket] = propertiesOf('us-west-2', 'AWS::S3::BucketPolicy');
  const { Statement } = bucket?.['PolicyDocument'] as {
    Statement: readonly {
      Effect: string;
      Action: unknown;
      Principal: unknown;
      Resource: unknown;
    }[];
  };
  const open = Statement.filter(({ Effect }) => Effect === 'Allow');
  expect(
    open.map(({ Action, Principal, Resource }) => [Action, Principal, text(Resource)]),
  ).toEqual([['s3:GetObject', { AWS: '*' }, expect.stringMatching(/\/\*$/)]]);
  expect(JSON.stringify(Statement)).toContain('"aws:SecureTransport":"false"');
});
