import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failureThreshold } from '../../../../sandbox/services/ecs/circuit-breaker.ts';
import { ACCOUNT_ID, REGION } from '../../recording-hub.ts';
import { ecsScene } from './ecs-scene.ts';

const DEPLOYMENT = 'ECS Deployment State Change';
const versionOf = (answer: { readonly body: string }): unknown =>
  (JSON.parse(answer.body) as { version?: unknown }).version;

describe('a deployment', () => {
  it('replaces every task without ever having fewer healthy ones', async () => {
    const scene = ecsScene({ desired: 3 });
    const arn = await scene.deploy(scene.push('1.0.0'));
    expect((await scene.look()).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: arn, pendingCount: 3 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 3 },
    ]);
    for (let second = 0; second < 30; second += 1) {
      expect(scene.group.healthy().length).toBeGreaterThanOrEqual(3);
      await scene.pass('1s');
    }
    const service = await scene.look();
    expect(service).toMatchObject({ runningCount: 3, pendingCount: 0, taskDefinition: arn });
    expect(service.deployments).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 3 }]);
    expect(service.events?.[0]?.message).toBe('(service web) has reached a steady state.');
    expect(scene.eventNames(DEPLOYMENT)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    expect(scene.eventNames('ECS Service Action')).toEqual(['SERVICE_STEADY_STATE']);
    expect(versionOf(scene.balancers.handle('lb.example', '/'))).toBe('1.0.0');
  });

  it('tells of itself in the shape of the events of ECS', async () => {
    const scene = ecsScene({ desired: 1 });
    await scene.deploy(scene.push('1.0.0'));
    await scene.pass('1m');
    const id = (await scene.look()).deployments?.[0]?.id ?? '';
    const [first] = scene.hub.events.filter(({ detailType }) => detailType === DEPLOYMENT);
    expect(first).toMatchObject({
      source: 'aws.ecs',
      resources: [`arn:aws:ecs:${REGION}:${ACCOUNT_ID}:service/shop/web`],
      detail: {
        eventType: 'INFO',
        eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
        deploymentId: id,
        updatedAt: '2026-01-01T00:00:00.000Z',
        reason: `ECS deployment ${id} in progress.`,
      },
    });
    const tasks = scene.hub.events
      .filter(({ detailType }) => detailType === 'ECS Task State Change')
      .map(({ detail }) => detail as { lastStatus: string; startedBy: string; version: number })
      .filter(({ startedBy }) => startedBy === id);
    expect(tasks.map(({ lastStatus, version }) => `${lastStatus} ${version}`)).toEqual([
      'PROVISIONING 1',
      'PENDING 2',
      'RUNNING 3',
    ]);
  });

  it('goes through with a task short where the service allows no more tasks', async () => {
    const scene = ecsScene({ desired: 2, minimumHealthyPercent: 50, maximumPercent: 100 });
    await scene.deploy(scene.push('1.0.0'));
    let most = 0;
    for (let second = 0; second < 90; second += 1) {
      const { runningCount = 0, pendingCount = 0 } = await scene.look();
      most = Math.max(most, runningCount + pendingCount);
      expect(scene.group.healthy().length).toBeGreaterThanOrEqual(1);
      await scene.pass('1s');
    }
    expect(most).toBe(2);
    expect((await scene.look()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  });

  it('stalls when neither a start nor a stop is allowed', async () => {
    const scene = ecsScene({ desired: 2, minimumHealthyPercent: 100, maximumPercent: 100 });
    await scene.deploy(scene.push('1.0.0'));
    await scene.pass('1h');
    expect((await scene.look()).deployments).toMatchObject([
      { rolloutState: 'IN_PROGRESS', runningCount: 0 },
      { runningCount: 2 },
    ]);
  });

  it('takes 40 s longer to be healthy without a load balancer', async () => {
    const scene = ecsScene({ isBalanced: false });
    await scene.deploy(scene.push('1.0.0'));
    await scene.pass('40s');
    expect((await scene.look()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS' }, {}]);
    await scene.pass('10s');
    expect((await scene.look()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  });

  it('is superseded by a newer one', async () => {
    const scene = ecsScene();
    await scene.deploy(scene.push('1.0.0'));
    await scene.pass('6s');
    const newest = await scene.deploy(scene.push('2.0.0'));
    await scene.pass('1m');
    expect((await scene.look()).deployments).toMatchObject([
      { rolloutState: 'COMPLETED', taskDefinition: newest },
    ]);
  });

  it('keeps to the digest of its first task when the tag moves', async () => {
    const scene = ecsScene({ desired: 1 });
    const pinned = scene.push('1.0.0');
    const tagged = pinned.replace(/@.*/, ':latest');
    const repository = scene.ecr.repository(REGION, 'shop/web');
    const [first, second] = [repository.find('1.0.0'), repository.find('0.0.0')];
    if (first === undefined || second === undefined) throw new Error('no images');
    repository.tag('latest', first);
    await scene.deploy(tagged);
    await scene.pass('1m');
    repository.tag('latest', second);
    await scene.update({ desiredCount: 2 });
    await scene.pass('1m');
    const answers = [0, 1].map(() => versionOf(scene.balancers.handle('lb.example', '/')));
    expect(answers).toEqual(['1.0.0', '1.0.0']);
  });
});

describe('a deployment that fails', () => {
  const missing = `${ACCOUNT_ID}.dkr.ecr.${REGION}.amazonaws.com/shop/web@sha256:${'0'.repeat(64)}`;

  it.each([
    ['its image is not in the region', () => missing, 'CannotPullContainerError'],
    [
      'its tasks exit',
      (scene: ReturnType<typeof ecsScene>) => scene.push('1.0.0', true),
      'Essential container in task exited',
    ],
  ])('rolls back when %s', async (_case, image, reason) => {
    const scene = ecsScene();
    const before = await scene.look();
    await scene.deploy(image(scene));
    await scene.pass('3m');
    const service = await scene.look();
    expect(service.taskDefinition).toBe(before.taskDefinition);
    expect(service.deployments).toMatchObject([
      { id: before.deployments?.[0]?.id, rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
    expect(scene.eventNames(DEPLOYMENT)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_FAILED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    const stopped = scene.hub.events
      .map(({ detail }) => (detail as { stoppedReason?: string }).stoppedReason)
      .find((text) => text?.startsWith(reason));
    expect(stopped).toBeDefined();
  });

  it('stays failed without rollback and starts nothing more', async () => {
    const scene = ecsScene({ breaker: { enable: true, rollback: false } });
    await scene.deploy(missing);
    await scene.pass('10m');
    expect((await scene.look()).deployments).toMatchObject([
      {
        status: 'PRIMARY',
        rolloutState: 'FAILED',
        rolloutStateReason: 'ECS deployment circuit breaker: task failed to start.',
        failedTasks: 3,
      },
      { status: 'ACTIVE', runningCount: 2 },
    ]);
  });

  it('tries on and on without a circuit breaker, until the image arrives', async () => {
    const scene = ecsScene({ breaker: { enable: false, rollback: false } });
    const later = scene.push('1.0.0');
    const repository = scene.ecr.repository(REGION, 'shop/web');
    const image = repository.find('1.0.0');
    if (image === undefined) throw new Error('no image');
    repository.remove(image);
    await scene.deploy(later);
    await scene.pass('5m');
    expect((await scene.look()).deployments?.[0]).toMatchObject({ rolloutState: 'IN_PROGRESS' });
    expect(scene.eventNames('ECS Service Action')).toEqual(['SERVICE_TASK_START_IMPAIRED']);
    repository.images.set(image.digest, image);
    await scene.pass('10m');
    expect((await scene.look()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  });

  it.each([
    [1, 3],
    [6, 3],
    [25, 13],
    [400, 200],
  ])('trips at the threshold of AWS for %d tasks', (desired, threshold) => {
    expect(failureThreshold({ enable: true, rollback: true }, desired)).toBe(threshold);
  });

  it('counts as the custom threshold says', () => {
    const breaker = { enable: true, rollback: true };
    const count = { ...breaker, thresholdConfiguration: { type: 'COUNT' as const, value: 1 } };
    expect(failureThreshold(count, 400)).toBe(1);
    const share = { type: 'UNBOUNDED_PERCENT' as const, value: 75 };
    expect(failureThreshold({ ...breaker, thresholdConfiguration: share }, 400)).toBe(300);
  });
});

describe('a desired count', () => {
  it('changes the tasks without a deployment', async () => {
    const scene = ecsScene();
    await scene.update({ desiredCount: 5 });
    await scene.pass('15s');
    expect(await scene.look()).toMatchObject({ desiredCount: 5, runningCount: 5 });
    await scene.update({ desiredCount: 1 });
    await scene.pass('30s');
    expect(await scene.look()).toMatchObject({ runningCount: 1, deployments: [{}] });
    expect(scene.group.targets()).toHaveLength(1);
    expect(scene.eventNames(DEPLOYMENT)).toEqual([]);
    expect(scene.eventNames('ECS Service Action')).toEqual([
      'SERVICE_STEADY_STATE',
      'SERVICE_STEADY_STATE',
    ]);
  });

  it('always ends with as many healthy tasks of the newest revision', async () => {
    const step = fc.record({
      desired: fc.integer({ min: 0, max: 6 }),
      deploys: fc.boolean(),
      seconds: fc.integer({ min: 0, max: 40 }),
    });
    const law = fc.asyncProperty(fc.array(step, { maxLength: 5 }), async (steps) => {
      const scene = ecsScene();
      let [count, newest] = [2, (await scene.look()).taskDefinition];
      for (const [index, { desired, deploys, seconds }] of steps.entries()) {
        count = desired;
        await scene.update({ desiredCount: desired });
        if (deploys) newest = await scene.deploy(scene.push(`${index + 1}.0.0`));
        await scene.pass(`${seconds}s`);
      }
      await scene.pass('5m');
      expect(await scene.look()).toMatchObject({
        runningCount: count,
        pendingCount: 0,
        deployments: [{ rolloutState: 'COMPLETED', taskDefinition: newest, runningCount: count }],
      });
      expect(scene.group.healthy()).toHaveLength(count);
    });
    await fc.assert(law, { numRuns: 40 });
  });
});

describe('a region that is down', () => {
  it('stands still, says nothing, and goes on when it is back', async () => {
    const scene = ecsScene();
    await scene.deploy(scene.push('1.0.0'));
    await scene.pass('1s');
    const told = scene.hub.events.length;
    scene.hub.down.add(REGION);
    await scene.pass('10m');
    expect((await scene.look()).deployments?.[0]).toMatchObject({ pendingCount: 2 });
    expect(scene.balancers.isTargetHealthy('lb.example')).toBe(false);
    expect(scene.balancers.handle('lb.example', '/').status).toBe(503);
    expect(scene.hub.events).toHaveLength(told);
    expect(scene.hub.metrics).toEqual([]);
    scene.hub.down.clear();
    expect(scene.balancers.isTargetHealthy('lb.example')).toBe(true);
    await scene.pass('1m');
    expect((await scene.look()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  });
});

describe('utilization', () => {
  it.each([
    ['no known load', undefined, 40],
    ['requests', { rps: 150 }, 75],
    ['too many requests', { rps: 900 }, 100],
    ['a pinned value', { cpuPercent: 12 }, 12],
  ])('is published each minute for %s', async (_case, load, value) => {
    const scene = ecsScene();
    scene.ecs.setLoad(REGION, 'shop', 'web', load);
    await scene.pass('1m');
    expect(scene.hub.metrics).toMatchObject([
      {
        region: REGION,
        namespace: 'AWS/ECS',
        name: 'CPUUtilization',
        dimensions: { ClusterName: 'shop', ServiceName: 'web' },
        value,
      },
      { name: 'MemoryUtilization' },
    ]);
  });

  it('has no datapoint without a running task', async () => {
    const scene = ecsScene({ desired: 0 });
    await scene.pass('5m');
    expect(scene.hub.metrics).toEqual([]);
  });
});
