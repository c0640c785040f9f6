import type { DescribeServicesResponse, Service } from '@aws-sdk/client-ecs';
import { parseDuration } from '../../../../core/contract/duration.ts';
import { pinnedImage } from '../../../../core/image-uri.ts';
import { pushIntoModel, sampleImage } from '../../../../sandbox/sample-image.ts';
import { EcrModel } from '../../../../sandbox/services/ecr/ecr-model.ts';
import { EcsModel } from '../../../../sandbox/services/ecs/ecs-model.ts';
import { LoadBalancerModel } from '../../../../sandbox/services/elasticloadbalancingv2/load-balancer-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ACCOUNT_ID, caller, recordingHub, REGION, worldFrom } from '../../recording-hub.ts';

export interface SceneOptions {
  readonly desired?: number;
  readonly minimumHealthyPercent?: number;
  readonly maximumPercent?: number;
  readonly breaker?: { readonly enable: boolean; readonly rollback: boolean };
  readonly controller?: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  readonly isBalanced?: boolean;
}

/** One service that runs an image, with the registry and load balancer around it. */
export function ecsScene(options: SceneOptions = {}) {
  const world = worldFrom();
  const neighbours: { ecr?: EcrModel; balancers?: LoadBalancerModel } = {};
  const hub = recordingHub(world, () => ({
    resolveImage: (region, image) => neighbours.ecr?.resolveImage(region, image),
    imageLabels: (region, image) => neighbours.ecr?.imageLabels(region, image) ?? {},
    registerTarget: (...args) => neighbours.balancers?.registerTarget(...args),
    deregisterTarget: (...args) => neighbours.balancers?.deregisterTarget(...args),
  }));
  const ecr = new EcrModel(world, hub, { accountId: ACCOUNT_ID });
  const balancers = new LoadBalancerModel(world, hub, { accountId: ACCOUNT_ID });
  Object.assign(neighbours, { ecr, balancers });
  const ecs = new EcsModel(world, hub, { accountId: ACCOUNT_ID });
  const group = balancers.createTargetGroup(REGION, 'web');
  balancers.createLoadBalancer({
    name: 'shop',
    app: 'shop',
    region: REGION,
    dnsName: 'lb.example',
    zoneId: 'Z1',
    hosts: ['shop.example'],
    targetGroups: [group],
  });
  ecr.createRepository(REGION, 'shop/web');
  const api = caller(world, ecs.service);

  const push = (version: string, crashes = false): string => {
    const image = sampleImage({ version, crashes });
    const target = { region: REGION, repository: 'shop/web', tag: version, isSeed: true };
    pushIntoModel(ecr, target, image);
    return pinnedImage(ACCOUNT_ID, REGION, 'shop/web', image.index.digest);
  };
  const register = (image: string) =>
    ecs.registerTaskDefinition(REGION, {
      family: 'web',
      containerDefinitions: [{ name: 'web', image }],
    });

  ecs.createCluster(REGION, 'shop');
  ecs.seedService({
    region: REGION,
    cluster: 'shop',
    service: 'web',
    taskDefinition: register(push('0.0.0')),
    desiredCount: options.desired ?? 2,
    controller: options.controller,
    configuration: {
      minimumHealthyPercent: options.minimumHealthyPercent,
      maximumPercent: options.maximumPercent,
      deploymentCircuitBreaker: options.breaker ?? { enable: true, rollback: true },
    },
    loadBalancers:
      options.isBalanced === false
        ? []
        : [{ targetGroupArn: group.arn, containerName: 'web', containerPort: 8_080 }],
  });

  const driver = new VirtualDriver(world);
  return {
    world,
    hub,
    ecr,
    ecs,
    balancers,
    group,
    push,
    register,
    ...api,
    pass: (duration: string) => driver.runFor(parseDuration(duration) ?? 0),
    update: (input: object) =>
      api.call('UpdateService', { cluster: 'shop', service: 'web', ...input }),
    deploy: async (image: string) => {
      const { arn } = register(image);
      await api.call('UpdateService', { cluster: 'shop', service: 'web', taskDefinition: arn });
      return arn;
    },
    look: async (): Promise<Service> => {
      const input = { cluster: 'shop', services: ['web'], include: ['TAGS'] };
      const { services } = await api.call<DescribeServicesResponse>('DescribeServices', input);
      const [service] = services ?? [];
      if (service === undefined) throw new Error('the service is gone');
      return service;
    },
    eventNames: (detailType: string) =>
      hub.events
        .filter((event) => event.detailType === detailType)
        .map(({ detail }) => (detail as { eventName?: string }).eventName ?? ''),
  };
}
