import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { fleetSchema } from '../../core/contract/fleet.ts';
import { resourcesOf, shop, synthesize, text } from './synthesize.ts';

const { global } = synthesize();

const checks = resourcesOf(global, 'AWS::Route53::HealthCheck');
const records = Object.entries(resourcesOf(global, 'AWS::Route53::RecordSet')).map(
  ([id, { Properties, DependsOn }]) => ({ id, DependsOn: DependsOn ?? [], ...Properties }),
) as readonly Readonly<Record<string, unknown>>[];

/** The health check a property refers to. */
function checkOf(reference: unknown) {
  const id = (reference as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
  return {
    id,
    ...(checks[id]?.Properties['HealthCheckConfig'] as Readonly<Record<string, unknown>>),
  };
}

const recordsNamed = (name: string) => records.filter(({ Name }) => Name === name);

describe('the record of an active-passive application', () => {
  const [primary, secondary] = recordsNamed('shop.example.');

  test('answers with the first region while its gate is healthy, else with the standby', () => {
    expect(primary).toMatchObject({
      Type: 'A',
      Failover: 'PRIMARY',
      SetIdentifier: 'us-east-1',
      AliasTarget: {
        DNSName: 'storefront-1414213562.us-east-1.elb.amazonaws.com',
        HostedZoneId: 'Z35SXDOTRQ7X7K',
        EvaluateTargetHealth: true,
      },
    });
    expect(secondary).toMatchObject({
      Failover: 'SECONDARY',
      SetIdentifier: 'us-west-2',
      AliasTarget: { EvaluateTargetHealth: true },
    });
    expect(secondary).not.toHaveProperty('HealthCheckId');
  });

  test('hangs on endpoint and latch together', () => {
    const gate = checkOf(primary?.['HealthCheckId']);
    expect(gate).toMatchObject({ Type: 'CALCULATED', HealthThreshold: 2 });
    const children = (gate['ChildHealthChecks' as keyof typeof gate] as unknown as unknown[]).map(
      checkOf,
    );
    expect(children).toEqual([
      expect.objectContaining({
        Type: 'HTTPS',
        FullyQualifiedDomainName: 'storefront.use1.shop.example',
        ResourcePath: '/healthz',
        RequestInterval: 10,
        FailureThreshold: 3,
      }),
      expect.objectContaining({
        Type: 'HTTPS_STR_MATCH',
        Inverted: true,
        SearchString: 'LATCHED',
        ResourcePath: '/storefront/us-east-1',
      }),
    ]);
  });

  test('has its latch in the standby region, so that no other region is needed for a flip', () => {
    const latches = Object.values(checks).filter(({ Properties }) => {
      return (Properties['HealthCheckConfig'] as { Inverted?: boolean }).Inverted === true;
    });
    const hosts = latches.map(({ Properties }) =>
      text(
        (Properties['HealthCheckConfig'] as { FullyQualifiedDomainName: unknown })
          .FullyQualifiedDomainName,
      ),
    );
    const standby = 'farshore-shop-latch-<AWS::AccountId>-us-west-2.s3.us-west-2.amazonaws.com';
    expect(hosts).toEqual([standby, standby]);
  });

  test('is created after checks, alarms and forwarding, because a new inverted check is unhealthy', () => {
    const before = primary?.['DependsOn'] as readonly string[];
    expect(before.some((id) => checks[id] !== undefined)).toBe(true);
    expect(before.some((id) => id.includes('Alarm'))).toBe(true);
    expect(before.some((id) => id.startsWith('AlarmForwardingRole'))).toBe(true);
  });
});

test('the verdict on an endpoint is "up" while its check is healthy and "down" otherwise', () => {
  const [up, down] = recordsNamed('_farshore-us-west-2.shop.example.');
  expect(up).toMatchObject({
    Type: 'TXT',
    TTL: '10',
    Failover: 'PRIMARY',
    ResourceRecords: ['"up"'],
  });
  expect(checkOf(up?.['HealthCheckId'])).toMatchObject({
    FullyQualifiedDomainName: 'storefront.usw2.shop.example',
  });
  expect(down).toMatchObject({ Failover: 'SECONDARY', TTL: '10', ResourceRecords: ['"down"'] });
  expect(down).not.toHaveProperty('HealthCheckId');
});

test('an endpoint alarm takes silence for silence, not for bad health', () => {
  const alarms = Object.values(resourcesOf(global, 'AWS::CloudWatch::Alarm'));
  expect(alarms).toHaveLength(4);
  for (const { Properties } of alarms) {
    expect(Properties).toMatchObject({
      Namespace: 'AWS/Route53',
      MetricName: 'HealthCheckStatus',
      Statistic: 'Minimum',
      Period: 60,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'missing',
    });
  }
  global.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'farshore-shop-orders-us-west-2-endpoint',
  });
});

test('endpoint alarms are forwarded to the bus of every region but us-east-1', () => {
  const rules = Object.values(resourcesOf(global, 'AWS::Events::Rule'));
  const targets = rules.map(({ Properties }) => {
    const [target] = Properties['Targets'] as readonly { Arn: unknown; RoleArn: unknown }[];
    return text(target?.Arn);
  });
  expect(targets).toEqual([
    'arn:<AWS::Partition>:events:us-west-2:<AWS::AccountId>:event-bus/farshore-shop',
    'arn:<AWS::Partition>:events:us-east-2:<AWS::AccountId>:event-bus/farshore-shop',
  ]);
});

describe('an active-active application', () => {
  const storefront = shop.applications['storefront'];
  if (storefront?.traffic === undefined) throw new Error('the storefront has traffic');
  const { traffic } = storefront;
  const fleetWith = (policy: 'weighted' | 'latency') => ({
    ...shop,
    applications: {
      storefront: {
        ...storefront,
        mode: 'active-active' as const,
        failover: undefined,
        traffic: { ...traffic, policy },
      },
    },
  });

  test.each([
    ['weighted', { Weight: 100 }],
    ['latency', { Region: 'us-west-2' }],
  ] as const)(
    'with the %s policy answers with every region that is healthy',
    (policy, expected) => {
      const { global: template } = synthesize(fleetWith(policy));
      template.resourceCountIs('AWS::Route53::RecordSet', 2);
      template.hasResourceProperties('AWS::Route53::RecordSet', {
        Name: 'shop.example.',
        SetIdentifier: 'us-west-2',
        HealthCheckId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Endpoint'), 'HealthCheckId'] },
        ...expected,
      });
      template.resourceCountIs('AWS::Route53::HealthCheck', 2);
    },
  );
});

test('a fleet without traffic has nothing global', () => {
  const fleet = fleetSchema.parse({
    version: 1,
    name: 'plain',
    regions: { 'eu-west-1': { role: 'workload' } },
    applications: {},
  });
  expect(synthesize(fleet).farshore.globalStack).toBeUndefined();
});
