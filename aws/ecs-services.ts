import {
  DescribeServicesCommand,
  type ECSClient,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServiceRef, Services, ServiceState } from '../core/ports.ts';
import { EcsTaskDefinitions } from './ecs-task-definitions.ts';
import { isNotFound } from './errors.ts';

export interface EcsOptions {
  readonly ecs: (region: string) => ECSClient;
  readonly elb: (region: string) => ElasticLoadBalancingV2Client;
}

/** Services on ECS, in any region. */
export class EcsServices implements Services {
  readonly #options: EcsOptions;
  readonly #taskDefinitions: EcsTaskDefinitions;

  constructor(options: EcsOptions) {
    this.#options = options;
    this.#taskDefinitions = new EcsTaskDefinitions(options.ecs);
  }

  async describe(ref: ServiceRef): Promise<ServiceState | undefined> {
    const service = await this.#find(ref);
    if (service === undefined) return undefined;
    const taskDefinition = service.taskDefinition ?? '';
    return stateOf(service, await this.#taskDefinitions.image(ref, taskDefinition));
  }

  async setDesiredCount(ref: ServiceRef, desiredCount: number): Promise<void> {
    const { cluster, service } = ref;
    await this.#options
      .ecs(ref.region)
      .send(new UpdateServiceCommand({ cluster, service, desiredCount }));
  }

  async deploy(ref: ServiceRef, image: string): Promise<string> {
    const current = (await this.#existing(ref)).taskDefinition ?? '';
    const wanted = await this.#taskDefinitions.withImage(ref, current, image);
    if (wanted !== current) await this.useTaskDefinition(ref, wanted);
    return wanted;
  }

  async useTaskDefinition(ref: ServiceRef, taskDefinition: string): Promise<void> {
    const { cluster, service } = ref;
    await this.#options
      .ecs(ref.region)
      .send(new UpdateServiceCommand({ cluster, service, taskDefinition }));
  }

  async healthyTargets(ref: ServiceRef): Promise<number> {
    const service = await this.#existing(ref);
    const pairs = (service.loadBalancers ?? []).flatMap(
      ({ targetGroupArn, advancedConfiguration }) => {
        if (targetGroupArn === undefined) return [];
        const alternate = advancedConfiguration?.alternateTargetGroupArn;
        return [alternate === undefined ? [targetGroupArn] : [targetGroupArn, alternate]];
      },
    );
    // Without a load balancer a task that runs is as much as can be known.
    if (pairs.length === 0) return service.runningCount ?? 0;
    const counts = pairs.map(async (groups) => {
      // Blue and green take turns, so of these two the fuller one serves.
      const healthy = groups.map((group) => this.#healthyIn(ref.region, group));
      return Math.max(...(await Promise.all(healthy)));
    });
    return Math.min(...(await Promise.all(counts)));
  }

  async #healthyIn(region: string, TargetGroupArn: string): Promise<number> {
    const { TargetHealthDescriptions: targets = [] } = await this.#options
      .elb(region)
      .send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return targets.filter((target) => target.TargetHealth?.State === 'healthy').length;
  }

  async #existing(ref: ServiceRef): Promise<Service> {
    const service = await this.#find(ref);
    if (service !== undefined) return service;
    throw new Error(
      `ECS service ${ref.cluster}/${ref.service} does not exist in ${ref.region}; ` +
        'create it or correct its name in the fleet file',
    );
  }

  async #find({ region, cluster, service }: ServiceRef): Promise<Service | undefined> {
    try {
      const { services = [] } = await this.#options
        .ecs(region)
        .send(new DescribeServicesCommand({ cluster, services: [service] }));
      return services[0];
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

function stateOf(service: Service, image: string): ServiceState {
  return {
    status: oneOf(['ACTIVE', 'DRAINING', 'INACTIVE'], service.status, 'INACTIVE'),
    controller: oneOf(
      ['ECS', 'CODE_DEPLOY', 'EXTERNAL'],
      service.deploymentController?.type,
      // ECS leaves the controller out when the service was made without naming one.
      'ECS',
    ),
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    taskDefinition: service.taskDefinition ?? '',
    image,
    deployments: (service.deployments ?? []).map((deployment) => ({
      id: deployment.id ?? '',
      status: oneOf(['PRIMARY', 'ACTIVE', 'INACTIVE'], deployment.status, 'INACTIVE'),
      // Without a rollout state the deployment is not ours to follow, so it is never "completed".
      rolloutState: oneOf(
        ['IN_PROGRESS', 'COMPLETED', 'FAILED'],
        deployment.rolloutState,
        'IN_PROGRESS',
      ),
      rolloutReason: deployment.rolloutStateReason ?? '',
      taskDefinition: deployment.taskDefinition ?? '',
      desired: deployment.desiredCount ?? 0,
      running: deployment.runningCount ?? 0,
    })),
    events: (service.events ?? []).map(({ createdAt, message = '' }) => ({
      atMs: createdAt?.getTime() ?? 0,
      message,
    })),
  };
}

function oneOf<const Word extends string>(
  words: readonly Word[],
  word: string | undefined,
  otherwise: NoInfer<Word>,
): Word {
  return words.find((known) => known === word) ?? otherwise;
}
