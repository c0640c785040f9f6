import { describe, expect, it } from '@jest/globals';
import type {
  DescribeClustersResponse,
  DescribeServicesResponse,
  DescribeTaskDefinitionResponse,
  DescribeTasksResponse,
  ListServicesResponse,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsResponse,
  ListTasksResponse,
} from '@aws-sdk/client-ecs';
import { ACCOUNT_ID, REGION } from '../../recording-hub.ts';
import { ecsScene } from './ecs-scene.ts';

const arnOf = (path: string): string => `arn:aws:ecs:${REGION}:${ACCOUNT_ID}:${path}`;

describe('UpdateService', () => {
  it.each([
    ['an unknown cluster', { cluster: 'nope' }, 'ClusterNotFoundException'],
    ['an unknown service', { service: 'nope' }, 'ServiceNotFoundException'],
    ['an unknown task definition', { taskDefinition: 'nope:1' }, 'ClientException'],
    ['a negative count', { desiredCount: -1 }, 'InvalidParameterException'],
    ['a field it does not know', { platformVersion: '1.4.0' }, 'InvalidParameterException'],
  ])('rejects %s', async (_case, input, code) => {
    await expect(ecsScene().update(input)).rejects.toMatchObject({ code });
  });

  it('names the field it does not implement', async () => {
    const update = ecsScene().update({ healthCheckGracePeriodSeconds: 30 });
    await expect(update).rejects.toThrow('UpdateService.healthCheckGracePeriodSeconds');
  });

  it.each(['CODE_DEPLOY', 'EXTERNAL'] as const)(
    'rejects a task definition under the controller %s',
    async (controller) => {
      const update = ecsScene({ controller }).update({ taskDefinition: 'web:1' });
      await expect(update).rejects.toMatchObject({ code: 'InvalidParameterException' });
    },
  );

  it('starts no deployment for the same task definition, unless forced', async () => {
    const scene = ecsScene();
    await scene.update({ taskDefinition: 'web:1' });
    expect((await scene.look()).deployments).toHaveLength(1);
    await scene.update({ forceNewDeployment: true });
    expect((await scene.look()).deployments).toHaveLength(2);
  });

  it('asks permission on the service, with the conditions of what is given', () => {
    const { resources, conditions } = ecsScene();
    const input = { cluster: arnOf('cluster/shop'), service: 'web' };
    expect(resources('UpdateService', input)).toEqual([arnOf('service/shop/web')]);
    expect(conditions('UpdateService', input)).toEqual({ 'ecs:cluster': arnOf('cluster/shop') });
    expect(conditions('UpdateService', { ...input, taskDefinition: 'web:2' })).toMatchObject({
      'ecs:task-definition': arnOf('task-definition/web:2'),
    });
  });
});

describe('reading services and clusters', () => {
  it('describes what there is and names what is missing', async () => {
    const { call } = ecsScene();
    const input = { cluster: 'shop', services: ['web', 'nope'] };
    const answer = await call<DescribeServicesResponse>('DescribeServices', input);
    expect(answer.services).toMatchObject([
      {
        serviceName: 'web',
        status: 'ACTIVE',
        desiredCount: 2,
        runningCount: 2,
        deploymentController: { type: 'ECS' },
        deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }],
      },
    ]);
    expect(answer.failures).toEqual([{ arn: arnOf('service/shop/nope'), reason: 'MISSING' }]);
    const clusters = await call<DescribeClustersResponse>('DescribeClusters', {
      clusters: ['shop', 'nope'],
    });
    expect(clusters.clusters).toMatchObject([{ activeServicesCount: 1, runningTasksCount: 2 }]);
    expect(clusters.failures).toHaveLength(1);
  });

  it('rejects more than ten services at once', async () => {
    const services = Array.from({ length: 11 }, (_, index) => `s${index}`);
    const asked = ecsScene().call('DescribeServices', { cluster: 'shop', services });
    await expect(asked).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });

  it('creates and lists services', async () => {
    const scene = ecsScene();
    await scene.call('CreateService', {
      cluster: 'shop',
      serviceName: 'worker',
      taskDefinition: 'web',
      desiredCount: 1,
    });
    const { serviceArns } = await scene.call<ListServicesResponse>('ListServices', {
      cluster: 'shop',
    });
    expect(serviceArns).toEqual([arnOf('service/shop/web'), arnOf('service/shop/worker')]);
    await scene.pass('2m');
    const { services } = await scene.call<DescribeServicesResponse>('DescribeServices', {
      cluster: 'shop',
      services: ['worker'],
    });
    expect(services).toMatchObject([
      { runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] },
    ]);
  });
});

describe('task definitions', () => {
  const family = 'api';
  const containerDefinitions = [{ name: 'api', image: 'x', dockerLabels: { a: 'b' } }];

  it('keep every field and tag, and count revisions', async () => {
    const { call } = ecsScene();
    const given = { family, containerDefinitions, cpu: '256', tags: [{ key: 'k', value: 'v' }] };
    await call('RegisterTaskDefinition', given);
    await call('RegisterTaskDefinition', { ...given, cpu: '512' });
    const newest = await call<DescribeTaskDefinitionResponse>('DescribeTaskDefinition', {
      taskDefinition: family,
      include: ['TAGS'],
    });
    expect(newest).toMatchObject({
      taskDefinition: { revision: 2, cpu: '512', status: 'ACTIVE', containerDefinitions },
      tags: [{ key: 'k', value: 'v' }],
    });
    await call('DeregisterTaskDefinition', { taskDefinition: 'api:2' });
    const list = await call<ListTaskDefinitionsResponse>('ListTaskDefinitions', {
      familyPrefix: family,
    });
    expect(list.taskDefinitionArns).toEqual([arnOf('task-definition/api:1')]);
    const { families } = await call<ListTaskDefinitionFamiliesResponse>(
      'ListTaskDefinitionFamilies',
      {},
    );
    expect(families).toEqual(['api', 'web']);
  });

  it.each([
    ['RegisterTaskDefinition', { family: 'a b', containerDefinitions }],
    ['RegisterTaskDefinition', { family, containerDefinitions: [] }],
    ['DescribeTaskDefinition', { taskDefinition: 'nope' }],
  ])('%s rejects %j', async (operation, input) => {
    const asked = ecsScene().call(operation, input);
    await expect(asked).rejects.toMatchObject({ code: 'ClientException' });
  });
});

describe('tasks', () => {
  it('are listed, described, stopped and replaced', async () => {
    const scene = ecsScene();
    const list = async () =>
      (await scene.call<ListTasksResponse>('ListTasks', { cluster: 'shop', serviceName: 'web' }))
        .taskArns ?? [];
    const before = await list();
    expect(before).toHaveLength(2);
    await scene.call('StopTask', { cluster: 'shop', task: before[0], reason: 'test' });
    await scene.pass('1m');
    const after = await list();
    expect(after).toHaveLength(2);
    expect(after).not.toContain(before[0]);
    const answer = await scene.call<DescribeTasksResponse>('DescribeTasks', {
      cluster: 'shop',
      tasks: [before[0], 'nope'],
    });
    expect(answer.tasks).toMatchObject([
      {
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'test',
        group: 'service:web',
      },
    ]);
    expect(answer.failures).toMatchObject([{ reason: 'MISSING' }]);
  });
});
