import { describe, expect, test } from '@jest/globals';
import { compilePattern } from '../../sandbox/services/eventbridge/event-pattern.ts';
import { resourcesOf, synthesize } from './synthesize.ts';

const account = '123456789012';
const { regional } = synthesize();

/** The loops whose queues an event reaches, by the rules of a region's stack. */
function reached(region: string, bus: 'default' | 'own', event: object): readonly string[] {
  const rules = Object.values(resourcesOf(regional(region), 'AWS::Events::Rule'));
  return rules
    .filter(({ Properties }) => 'EventBusName' in Properties === (bus === 'own'))
    .filter(({ Properties }) => {
      const text = JSON.stringify(Properties['EventPattern']);
      const pattern = text.replaceAll('{"Ref":"AWS::AccountId"}', `"${account}"`);
      return compilePattern(pattern)(event);
    })
    .flatMap(({ Properties }) => {
      const [target] = Properties['Targets'] as readonly {
        Arn: { 'Fn::GetAtt': readonly [string, string] };
      }[];
      return target === undefined ? [] : [target.Arn['Fn::GetAtt'][0]];
    })
    .map((id) => /(Replication|Rollout|Scaling|Failover)/.exec(id)?.[1] ?? id);
}

const envelope = { version: '0', id: 'e1', account, time: '2026-11-20T06:48:12Z' };

const push = (region: string, repository: string, action = 'PUSH') => ({
  ...envelope,
  'detail-type': 'ECR Image Action',
  source: 'aws.ecr',
  region,
  resources: [],
  detail: {
    result: 'SUCCESS',
    'repository-name': repository,
    'image-digest': `sha256:${'7'.repeat(64)}`,
    'action-type': action,
    'image-tag': '1.2.3',
  },
});

const deployment = (region: string, service: string) => ({
  ...envelope,
  'detail-type': 'ECS Deployment State Change',
  source: 'aws.ecs',
  region,
  resources: [`arn:aws:ecs:${region}:${account}:service/shop/${service}`],
  detail: {
    eventType: 'INFO',
    eventName: 'SERVICE_DEPLOYMENT_COMPLETED',
    deploymentId: 'ecs-svc/123',
    updatedAt: '2026-11-20T06:48:12Z',
    reason: 'ECS deployment ecs-svc/123 completed.',
  },
});

const alarm = (region: string, alarmName: string) => ({
  ...envelope,
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  region,
  resources: [`arn:aws:cloudwatch:${region}:${account}:alarm:${alarmName}`],
  detail: { alarmName, state: { value: 'ALARM' }, previousState: { value: 'OK' } },
});

const own = (detailType: string, detail: object) => ({
  ...envelope,
  'detail-type': detailType,
  source: 'farshore',
  region: 'us-west-2',
  resources: [],
  detail,
});

describe('on the default bus', () => {
  test.each([
    ['a push in the home region', 'us-east-1', push('us-east-1', 'shop/storefront'), 'Replication'],
    ['a deployment of ours', 'us-west-2', deployment('us-west-2', 'orders-api'), 'Rollout'],
    [
      'a scaling alarm',
      'us-west-2',
      alarm('us-west-2', 'farshore-shop-storefront-busy'),
      'Scaling',
    ],
    [
      "a scaling alarm of the user's own",
      'us-east-1',
      alarm('us-east-1', 'orders-backlog'),
      'Scaling',
    ],
    [
      'an endpoint alarm in us-east-1',
      'us-east-1',
      alarm('us-east-1', 'farshore-shop-storefront-us-east-1-endpoint'),
      'Failover',
    ],
    ['an alarm on what users feel', 'us-east-2', alarm('us-east-2', 'orders-slo'), 'Failover'],
  ])('%s wakes one loop', (_, region, event, loop) => {
    expect(reached(region, 'default', event)).toEqual([loop]);
  });

  test.each([
    ['a copy that arrives in another region', 'us-west-2', push('us-west-2', 'shop/storefront')],
    ['a push to a repository that is not ours', 'us-east-1', push('us-east-1', 'other')],
    ['a deleted image', 'us-east-1', push('us-east-1', 'shop/storefront', 'DELETE')],
    ['a deployment of another service', 'us-west-2', deployment('us-west-2', 'other')],
    ['an alarm that is not ours', 'us-west-2', alarm('us-west-2', 'other')],
    [
      'an event of another account',
      'us-west-2',
      { ...deployment('us-west-2', 'orders-api'), account: '999999999999' },
    ],
    [
      'an operator request, which anybody could put here',
      'us-west-2',
      own('Operator Request', { loop: 'failover', app: 'storefront' }),
    ],
  ])('%s wakes nothing', (_, region, event) => {
    expect(reached(region, 'default', event)).toEqual([]);
  });
});

describe('on the own bus', () => {
  test.each(['replication', 'rollout', 'scaling', 'failover'])(
    'an operator request wakes the %s loop when it names it',
    (loop) => {
      const event = own('Operator Request', { loop, app: 'storefront', actor: 'anna' });
      expect(reached('us-west-2', 'own', event).map((each) => each.toLowerCase())).toEqual([loop]);
    },
  );

  test('an image that is everywhere wakes the rollout', () => {
    const event = own('Image Replicated', { app: 'storefront' });
    expect(reached('us-east-1', 'own', event)).toEqual(['Rollout']);
  });

  test('an endpoint alarm forwarded from us-east-1 wakes the failover', () => {
    const event = alarm('us-east-1', 'farshore-shop-orders-us-east-1-endpoint');
    expect(reached('us-east-2', 'own', event)).toEqual(['Failover']);
  });
});
