import { describe, expect, test } from '@jest/globals';
import { EcsServices } from '../../aws/ecs-services.ts';
import { awsError, type SentCommand, stubAws } from './stub-client.ts';

const ref = { region: 'us-west-2', cluster: 'shop', service: 'web', container: 'app' };
const arn = (revision: number) =>
  `arn:aws:ecs:us-west-2:123456789012:task-definition/web:${revision}`;
const image = (letter: string) => `registry/web@sha256:${letter.repeat(64)}`;

type Revision = Readonly<Record<string, unknown>>;

const revision = (number: number, letter: string, more: object = {}): Revision => ({
  taskDefinition: {
    taskDefinitionArn: arn(number),
    family: 'web',
    revision: number,
    status: 'ACTIVE',
    requiresAttributes: [{ name: 'x' }],
    compatibilities: ['FARGATE'],
    registeredAt: new Date(number),
    registeredBy: 'somebody',
    cpu: '256',
    containerDefinitions: [
      { name: 'app', image: image(letter), environment: [{ name: 'A', value: '1' }] },
      { name: 'proxy', image: 'envoy' },
    ],
    ...more,
  },
  tags: [
    { key: 'team', value: 'shop' },
    { key: 'aws:x', value: 'y' },
  ],
});

const digestTag = (letter: string) => ({
  key: 'farshore:image-digest',
  value: `sha256:${letter.repeat(64)}`,
});

/** ECS with a service on revision 1 and a family of these revisions. */
function ecsWith(revisions: readonly Revision[], service: object = {}) {
  const current = { taskDefinition: arn(1), status: 'ACTIVE', ...service };
  const stub = stubAws({
    'ECS DescribeServices': () => ({ services: [current] }),
    'ECS DescribeTaskDefinition': ({ input }: SentCommand) => {
      const asked = String(input['taskDefinition']);
      const number = Number(/:(\d+)$/.exec(asked)?.[1] ?? revisions.length);
      return revisions[number - 1] ?? awsError('ClientException');
    },
    'ECS RegisterTaskDefinition': () => ({ taskDefinition: { taskDefinitionArn: arn(9) } }),
    'ECS UpdateService': () => ({}),
  });
  return { stub, services: new EcsServices({ ecs: stub.clients.ecs, elb: stub.clients.elb }) };
}

describe('describing a service', () => {
  test('gives the state in our words, with the image of the named container', async () => {
    const { services } = ecsWith([revision(1, 'a')], {
      desiredCount: 3,
      runningCount: 2,
      deployments: [
        {
          id: 'd',
          status: 'PRIMARY',
          rolloutState: 'COMPLETED',
          taskDefinition: arn(1),
          desiredCount: 3,
          runningCount: 2,
        },
      ],
      events: [{ createdAt: new Date(5), message: 'steady' }],
    });
    expect(await services.describe(ref)).toEqual({
      status: 'ACTIVE',
      controller: 'ECS',
      desired: 3,
      running: 2,
      taskDefinition: arn(1),
      image: image('a'),
      deployments: [
        {
          id: 'd',
          status: 'PRIMARY',
          rolloutState: 'COMPLETED',
          rolloutReason: '',
          taskDefinition: arn(1),
          desired: 3,
          running: 2,
        },
      ],
      events: [{ atMs: 5, message: 'steady' }],
    });
  });

  test('asks for the image of a revision only once', async () => {
    const { services, stub } = ecsWith([revision(1, 'a')]);
    await services.describe(ref);
    await services.describe(ref);
    expect(stub.inputs('ECS DescribeTaskDefinition')).toHaveLength(1);
  });

  test.each([
    ['a missing service', () => ({ services: [], failures: [{ reason: 'MISSING' }] })],
    ['a missing cluster', () => awsError('ClusterNotFoundException')],
  ])('gives nothing for %s', async (_title, answer) => {
    const { clients } = stubAws({ 'ECS DescribeServices': answer });
    const services = new EcsServices({ ecs: clients.ecs, elb: clients.elb });
    expect(await services.describe(ref)).toBeUndefined();
  });
});

test('a service that cannot be read now is not taken for a missing one', async () => {
  const { clients } = stubAws({ 'ECS DescribeServices': () => awsError('ThrottlingException') });
  const services = new EcsServices({ ecs: clients.ecs, elb: clients.elb });
  await expect(services.describe(ref)).rejects.toThrow('ThrottlingException');
});

test('setting the desired count changes nothing else', async () => {
  const { services, stub } = ecsWith([]);
  await services.setDesiredCount(ref, 7);
  expect(stub.sent.map(({ call, region, input }) => ({ call, region, input }))).toEqual([
    {
      call: 'ECS UpdateService',
      region: 'us-west-2',
      input: { cluster: 'shop', service: 'web', desiredCount: 7 },
    },
  ]);
});

describe('deploying an image', () => {
  test('registers the current revision with only the image replaced', async () => {
    const { services, stub } = ecsWith([revision(1, 'a')]);
    expect(await services.deploy(ref, image('b'))).toBe(arn(9));
    expect(stub.inputs('ECS RegisterTaskDefinition')).toEqual([
      {
        family: 'web',
        cpu: '256',
        containerDefinitions: [
          { name: 'app', image: image('b'), environment: [{ name: 'A', value: '1' }] },
          { name: 'proxy', image: 'envoy' },
        ],
        tags: [{ key: 'team', value: 'shop' }, digestTag('b')],
      },
    ]);
    expect(stub.inputs('ECS UpdateService')).toEqual([
      { cluster: 'shop', service: 'web', taskDefinition: arn(9) },
    ]);
  });

  test('does nothing when the service has the image', async () => {
    const { services, stub } = ecsWith([revision(1, 'a')]);
    expect(await services.deploy(ref, image('a'))).toBe(arn(1));
    expect(stub.inputs('ECS RegisterTaskDefinition')).toEqual([]);
    expect(stub.inputs('ECS UpdateService')).toEqual([]);
  });

  test('takes the newest revision when it is that clone already, in any order', async () => {
    const second = revision(2, 'b');
    const { services, stub } = ecsWith([
      revision(1, 'a'),
      { ...second, tags: [digestTag('b'), { value: 'shop', key: 'team' }] },
    ]);
    expect(await services.deploy(ref, image('b'))).toBe(arn(2));
    expect(stub.inputs('ECS RegisterTaskDefinition')).toEqual([]);
    expect(stub.inputs('ECS UpdateService')).toEqual([
      { cluster: 'shop', service: 'web', taskDefinition: arn(2) },
    ]);
  });

  test.each([
    ['another size', { cpu: '512' }],
    ['another container', { containerDefinitions: [{ name: 'app', image: image('b') }] }],
  ])('registers a new one when the newest has %s', async (_title, more) => {
    const second = { ...revision(2, 'b', more), tags: [digestTag('b')] };
    const { services } = ecsWith([revision(1, 'a'), second]);
    expect(await services.deploy(ref, image('b'))).toBe(arn(9));
  });

  test('registers a new one when every revision of the family was deregistered', async () => {
    // Revision 7 does not exist, as ECS answers for a family without an active revision.
    const { services, stub } = ecsWith([revision(1, 'a', { family: 'web:7' })]);
    expect(await services.deploy(ref, image('b'))).toBe(arn(9));
    expect(stub.inputs('ECS RegisterTaskDefinition')).toHaveLength(1);
  });

  test('says which containers there are when the named one is missing', async () => {
    const { services } = ecsWith([revision(1, 'a')]);
    await expect(services.deploy({ ...ref, container: 'web' }, image('b'))).rejects.toThrow(
      `${arn(1)} has no container web, only app, proxy`,
    );
  });

  test('says where the service is missing', async () => {
    const { clients } = stubAws({ 'ECS DescribeServices': () => ({ services: [] }) });
    const services = new EcsServices({ ecs: clients.ecs, elb: clients.elb });
    await expect(services.deploy(ref, image('b'))).rejects.toThrow(
      'ECS service shop/web does not exist in us-west-2',
    );
  });
});

describe('healthy targets', () => {
  const groups: Readonly<Record<string, readonly string[]>> = {
    blue: ['healthy', 'healthy', 'unhealthy'],
    green: ['healthy', 'healthy', 'healthy'],
    internal: ['healthy', 'initial'],
  };

  function servicesWith(loadBalancers: readonly object[]) {
    const { clients } = stubAws({
      'ECS DescribeServices': () => ({ services: [{ runningCount: 5, loadBalancers }] }),
      'ElasticLoadBalancingV2 DescribeTargetHealth': ({ input }: SentCommand) => ({
        TargetHealthDescriptions: (groups[String(input['TargetGroupArn'])] ?? []).map((State) => ({
          TargetHealth: { State },
        })),
      }),
    });
    return new EcsServices({ ecs: clients.ecs, elb: clients.elb });
  }

  test.each([
    ['are the smallest count over the groups', [group('blue'), group('internal')], 1],
    ['are those of the fuller one of blue and green', [group('blue', 'green')], 3],
    ['are none when a group is empty', [group('blue'), group('none')], 0],
    ['are the running tasks without a load balancer', [], 5],
  ])('%s', async (_title, loadBalancers, expected) => {
    expect(await servicesWith(loadBalancers).healthyTargets(ref)).toBe(expected);
  });

  function group(targetGroupArn: string, alternateTargetGroupArn?: string): object {
    return { targetGroupArn, advancedConfiguration: { alternateTargetGroupArn } };
  }
});
