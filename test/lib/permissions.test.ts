import { describe, expect, test } from '@jest/globals';
import { resourcesOf, shop, synthesize, text } from './synthesize.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

const { regional } = synthesize();
const regions = Object.keys(shop.regions);

/** Statements of a function's role in a region. */
function statementsOf(region: string, idPart: string): readonly Statement[] {
  const roles = Object.entries(resourcesOf(regional(region), 'AWS::IAM::Role'));
  return roles
    .filter(([id]) => id.includes(idPart))
    .flatMap(([, { Properties }]) => (Properties['Policies'] ?? []) as readonly Policy[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

const listed = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

const actionsOf = (statements: readonly Statement[]) =>
  statements.flatMap(({ Action }) => listed(Action));

const resourcesFor = (statements: readonly Statement[], action: string) =>
  statements
    .filter(({ Action }) => listed(Action).includes(action))
    .flatMap(({ Resource }) => listed(Resource).map(text));

/** Actions for which AWS has no resource-level permission, or whose resource is not known. */
const anyResource = [
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'ecs:DescribeTaskDefinition',
  'elasticloadbalancing:DescribeTargetHealth',
];

describe.each(regions)('in %s', (region) => {
  test('no role may do something on any resource, but for reads that AWS cannot narrow', () => {
    const open = statementsOf(region, '').filter(({ Resource }) => listed(Resource).includes('*'));
    expect([...new Set(actionsOf(open))].sort()).toEqual(anyResource);
  });

  test('no action has a wildcard', () => {
    const actions = actionsOf(statementsOf(region, ''));
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('scaling may set the desired count in its own region, but never change the code', () => {
    const statements = statementsOf(region, 'ScaleService');
    for (const { Action, Condition } of statements) {
      if (!listed(Action).includes('ecs:UpdateService')) continue;
      expect(Condition).toEqual({
        Null: { 'ecs:task-definition': 'true', 'ecs:enable-execute-command': 'true' },
      });
    }
    const services = resourcesFor(statements, 'ecs:UpdateService');
    expect(services.every((arn) => arn.includes(`:ecs:${region}:`))).toBe(true);
    expect(actionsOf(statements)).not.toContain('ecs:RegisterTaskDefinition');
    expect(actionsOf(statements)).not.toContain('iam:PassRole');
  });

  test('only replication at home may write images, and never to where they were pushed', () => {
    const writers = ['RollOutImage', 'ScaleService', 'FailOverRegion', 'ProbeRegions', 'SweepRole'];
    for (const writer of writers) {
      expect(actionsOf(statementsOf(region, writer))).not.toContain('ecr:PutImage');
    }
    const targets = resourcesFor(statementsOf(region, 'ReplicateImage'), 'ecr:PutImage');
    expect(targets).toHaveLength(region === 'us-east-1' ? 2 : 0);
    expect(targets.every((arn) => arn.includes(':us-west-2:'))).toBe(true);
  });

  test('failover may write exactly the latches of the fleet', () => {
    const statements = statementsOf(region, 'FailOverRegion');
    const bucket = 'farshore-shop-latch-<AWS::AccountId>-us-west-2';
    expect(resourcesFor(statements, 's3:PutObject')).toEqual([
      `arn:<AWS::Partition>:s3:::${bucket}/storefront/us-east-1`,
      `arn:<AWS::Partition>:s3:::${bucket}/orders/us-east-1`,
    ]);
    expect(actionsOf(statements)).not.toContain('s3:DeleteObject');
  });

  test('failover may call the hooks that the fleet file names', () => {
    const hooks = resourcesFor(statementsOf(region, 'FailOverRegion'), 'lambda:InvokeFunction');
    expect(hooks).toEqual([
      'arn:<AWS::Partition>:lambda:us-east-1:<AWS::AccountId>:function:promote-orders',
      'arn:<AWS::Partition>:lambda:us-west-2:<AWS::AccountId>:function:promote-orders',
    ]);
  });

  test('roles are passed to ECS tasks only', () => {
    const passing = statementsOf(region, '').filter(({ Action }) =>
      listed(Action).includes('iam:PassRole'),
    );
    expect(passing.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    ]);
  });

  test('no function may change DNS or health checks', () => {
    const actions = actionsOf(statementsOf(region, ''));
    expect(actions.filter((action) => action.startsWith('route53:'))).toEqual([]);
  });
});
