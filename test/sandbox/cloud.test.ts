import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Cloud } from '../../sandbox/cloud.ts';
import { ServiceError } from '../../sandbox/service-model.ts';
import { emptyCloud, fakeService } from './fake-services.ts';
import type { Seen } from './fake-services.ts';

const roleArn = 'arn:aws:iam::123456789012:role/deployer';
const request = {
  service: 'ecs',
  operation: 'RegisterTaskDefinition',
  input: {},
  region: 'eu-west-1',
  principal: {},
};
let seen: Seen;
let cloud: Cloud;

beforeEach(() => {
  seen = [];
  cloud = emptyCloud();
  cloud.register(
    fakeService({ id: 'ecs', iamPrefix: 'ecs' }, seen, {
      RegisterTaskDefinition: {},
      UpdateService: new ServiceError('ServiceNotFoundException', 'none'),
    }),
  );
});

describe('Cloud', () => {
  test.each([
    [
      { ...request, service: 'ec2' },
      'UnknownOperationException',
      'The local cloud does not implement the service ec2; it has ecs.',
    ],
    [
      { ...request, operation: 'DeleteCluster' },
      'UnknownOperationException',
      'The local cloud does not implement ecs:DeleteCluster.',
    ],
    [
      { ...request, operation: 'toString' },
      'UnknownOperationException',
      'The local cloud does not implement ecs:toString.',
    ],
    [
      { ...request, region: 'mars-1' },
      'UnrecognizedClientException',
      'The local cloud has no region mars-1; it has us-east-1, eu-west-1, us-west-2.',
    ],
  ])('rejects what it does not have by name: %#', async (call, name, message) => {
    await expect(cloud.call(call)).rejects.toMatchObject({ name, message });
  });

  test('lets a person do everything', async () => {
    await expect(cloud.call(request)).resolves.toEqual({});
  });

  test('asks for the further permissions of an operation', async () => {
    const operation = {
      resources: () => ['*'],
      alsoNeeds: () => [
        {
          action: 'iam:PassRole',
          resources: ['arn:aws:iam::123456789012:role/task'],
          conditions: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
        },
      ],
      handle: () => ({}),
    };
    cloud.register({
      id: 'ecs',
      iamPrefix: 'ecs',
      operations: { RegisterTaskDefinition: operation },
    });
    const call = { ...request, principal: { roleArn, region: 'eu-west-1' } };
    cloud.iam.putRolePolicy(roleArn, 'a', [{ Effect: 'Allow', Action: 'ecs:*', Resource: '*' }]);
    await expect(cloud.call(call)).rejects.toThrow(/iam:PassRole on resource: .*role\/task/);
    cloud.iam.putRolePolicy(roleArn, 'b', [
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: 'arn:aws:iam::123456789012:role/task',
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
    ]);
    await expect(cloud.call(call)).resolves.toEqual({});
  });

  test('logs every call with its outcome, also those that never arrive', async () => {
    await cloud.call(request);
    await expect(cloud.call({ ...request, operation: 'UpdateService' })).rejects.toThrow('none');
    cloud.faults.add({ kind: 'region-down', region: 'us-west-2' });
    await expect(cloud.call({ ...request, region: 'us-west-2' })).rejects.toThrow(
      /does not answer/,
    );
    expect(cloud.calls.list().map(({ region, outcome }) => [region, outcome])).toEqual([
      ['eu-west-1', 'ok'],
      ['eu-west-1', 'ServiceNotFoundException'],
      ['us-west-2', 'TimeoutError'],
    ]);
    expect(cloud.calls.list({ region: 'us-west-2' })).toHaveLength(1);
    expect(cloud.calls.list({ sinceMs: cloud.world.nowMs() + 1 })).toEqual([]);
  });
});
