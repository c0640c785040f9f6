import { describe, expect, test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Fleet } from '../../core/contract/fleet.ts';
import { resourcesOf, shop, synthesize, text } from './synthesize.ts';

/** The shop with one engine for its storefront; its orders are copied. */
function shopWith(engine: 'native' | 'auto'): Fleet {
  const { storefront, ...others } = shop.applications;
  if (storefront === undefined) throw new Error('the shop has no storefront');
  const replication = { ...storefront.replication, engine };
  return { ...shop, applications: { ...others, storefront: { ...storefront, replication } } };
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

function fleetOf(engine: 'native' | 'auto') {
  const { app, regional } = synthesize(shopWith(engine));
  const statements = (region: string): readonly Statement[] =>
    Object.entries(resourcesOf(regional(region), 'AWS::IAM::Role'))
      .filter(([id]) => id.includes('ReplicateImage'))
      .flatMap(([, { Properties }]) => Properties['Policies'] as readonly Policy[])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const may = (region: string, action: string) =>
    statements(region).filter(({ Action }) => [Action].flat().includes(action));
  const rules = (region: string) =>
    Object.values(resourcesOf(regional(region), 'AWS::Events::Rule'))
      .map(({ Properties }) => Properties as unknown as Rule)
      .filter(({ EventPattern }) => EventPattern['detail-type'].includes('ECR Replication Action'));
  return { app, may, rules };
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

interface Rule {
  readonly EventBusName?: unknown;
  readonly EventPattern: Readonly<Record<string, readonly string[]>> & {
    readonly 'detail-type': readonly string[];
  };
  readonly Targets: readonly { readonly Arn: unknown }[];
}

describe('a fleet with an application that ECR replicates', () => {
  const { app, may, rules } = fleetOf('native');

  test('may write rules and create the role for them at home, and nowhere else', () => {
    const write = 'ecr:PutReplicationConfiguration';
    expect(may('us-east-1', write).map(({ Resource }) => Resource)).toEqual(['*']);
    expect(
      may('us-east-1', 'iam:CreateServiceLinkedRole').map(({ Condition }) => Condition),
    ).toEqual([{ StringEquals: { 'iam:AWSServiceName': 'replication.ecr.amazonaws.com' } }]);
    for (const region of ['us-west-2', 'us-east-2']) {
      expect(may(region, write)).toEqual([]);
      expect(may(region, 'iam:CreateServiceLinkedRole')).toEqual([]);
    }
  });

  test('may ask how far the images of that application are, and of no other', () => {
    const asked = may('us-east-1', 'ecr:DescribeImageReplicationStatus');
    expect(asked.map(({ Resource }) => text(Resource))).toEqual([
      'arn:<AWS::Partition>:ecr:us-east-1:<AWS::AccountId>:repository/shop/storefront',
    ]);
  });

  test('carries the news of an arrival from where it arrives to the loop at home', () => {
    const [forwarded, ...more] = rules('us-west-2');
    expect(more).toEqual([]);
    expect(forwarded?.EventPattern).toMatchObject({
      source: ['aws.ecr'],
      region: ['us-west-2'],
      detail: { 'source-region': ['us-east-1'], 'repository-name': ['shop/storefront'] },
    });
    expect(forwarded?.Targets.map(({ Arn }) => text(Arn))).toEqual([
      'arn:<AWS::Partition>:events:us-east-1:<AWS::AccountId>:event-bus/farshore-shop',
    ]);
    const [received] = rules('us-east-1');
    expect(received?.EventBusName).toBeDefined();
    expect(text(received?.Targets[0]?.Arn)).toContain('ReplicateImageQueue');
    expect(rules('us-east-2')).toEqual([]);
  });

  test('leaves nothing for cdk-nag to ask about', () => {
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.map(({ ruleName, description }) => [ruleName, description])).toEqual([]);
  });
});

describe('a fleet in which auto chooses to copy', () => {
  const { may, rules } = fleetOf('auto');

  test('may still take back the rules that it wrote when auto chose otherwise', () => {
    expect(may('us-east-1', 'ecr:PutReplicationConfiguration')).toHaveLength(1);
    expect(may('us-east-1', 'ecr:DescribeImageReplicationStatus')).toEqual([]);
    expect([...rules('us-east-1'), ...rules('us-west-2')]).toEqual([]);
  });
});
