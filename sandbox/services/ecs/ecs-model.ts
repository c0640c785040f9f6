import type {
  DeploymentConfiguration,
  LoadBalancer,
  RegisterTaskDefinitionRequest,
  Tag,
} from '@aws-sdk/client-ecs';
import { type Hub, type Service, ServiceError } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { clusterOperations } from './clusters.ts';
import { EcsEvents } from './ecs-events.ts';
import { EcsNames, shortName } from './ecs-names.ts';
import {
  type Cluster,
  type Controller,
  type EcsService,
  type Load,
  primaryOf,
  type Revision,
} from './ecs-state.ts';
import { createService } from './create-service.ts';
import { describeServices } from './describe-services.ts';
import { listServices } from './list-services.ts';
import { ServiceScheduler } from './service-scheduler.ts';
import { taskDefinitionOperations } from './task-definition-operations.ts';
import { TaskDefinitions } from './task-definitions.ts';
import { placeTask } from './task-lifecycle.ts';
import { taskOperations } from './task-operations.ts';
import { updateService } from './update-service.ts';
import { PUBLISH_INTERVAL_MS, publishUtilization } from './utilization.ts';

export interface NewService {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
  readonly taskDefinition: Revision;
  readonly desiredCount: number;
  readonly configuration?: DeploymentConfiguration | undefined;
  readonly controller?: Controller | undefined;
  readonly loadBalancers?: readonly LoadBalancer[] | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

/** ECS of one account: clusters, services and tasks on Fargate, per region. */
export class EcsModel {
  readonly world: World;
  readonly hub: Hub;
  readonly names: EcsNames;
  readonly events: EcsEvents;
  readonly scheduler: ServiceScheduler;
  readonly taskDefinitions: TaskDefinitions;
  readonly service: Service;
  readonly #clusters = new Map<string, Map<string, Cluster>>();
  #addresses = 0;
  #isPublishing = false;

  constructor(world: World, hub: Hub, options: { readonly accountId: string }) {
    this.world = world;
    this.hub = hub;
    this.names = new EcsNames(options.accountId);
    this.events = new EcsEvents(world, hub);
    this.scheduler = new ServiceScheduler(this);
    this.taskDefinitions = new TaskDefinitions(world, this.names);
    this.service = {
      id: 'ecs',
      iamPrefix: 'ecs',
      operations: {
        ...clusterOperations(this),
        CreateService: createService(this),
        DescribeServices: describeServices(this),
        ListServices: listServices(this),
        UpdateService: updateService(this),
        ...taskDefinitionOperations(this),
        ...taskOperations(this),
      },
    };
  }

  clusters(region: string): readonly Cluster[] {
    return [...(this.#clusters.get(region)?.values() ?? [])];
  }

  findCluster(region: string, nameOrArn: string | undefined): Cluster | undefined {
    return this.#clusters.get(region)?.get(shortName(nameOrArn, 'default'));
  }

  cluster(region: string, nameOrArn: string | undefined): Cluster {
    const found = this.findCluster(region, nameOrArn);
    if (found === undefined) {
      throw new ServiceError('ClusterNotFoundException', 'Cluster not found.');
    }
    return found;
  }

  createCluster(region: string, name: string): Cluster {
    const known = this.findCluster(region, name);
    if (known !== undefined) return known;
    const arn = this.names.cluster(region, name);
    const cluster = { name, arn, region, services: new Map(), tasks: new Map() };
    const inRegion = this.#clusters.get(region) ?? new Map<string, Cluster>();
    this.#clusters.set(region, inRegion.set(name, cluster));
    return cluster;
  }

  /** Every service of every region. */
  services(): readonly EcsService[] {
    return [...this.#clusters.values()]
      .flatMap((clusters) => [...clusters.values()])
      .flatMap(({ services }) => [...services.values()]);
  }

  findService(region: string, cluster: string, service: string): EcsService | undefined {
    return this.findCluster(region, cluster)?.services.get(shortName(service));
  }

  registerTaskDefinition(region: string, request: RegisterTaskDefinitionRequest): Revision {
    return this.taskDefinitions.register(region, request, 'arn:aws:iam::000000000000:root');
  }

  /** Adds a service whose first deployment has yet to start its tasks. */
  addService(wanted: NewService): EcsService {
    const cluster = this.cluster(wanted.region, wanted.cluster);
    const service: EcsService = {
      name: wanted.service,
      arn: this.names.service(wanted.region, wanted.cluster, wanted.service),
      region: wanted.region,
      cluster,
      createdAtMs: this.world.nowMs(),
      controller: wanted.controller ?? 'ECS',
      configuration: wanted.configuration ?? {},
      loadBalancers: wanted.loadBalancers ?? [],
      tags: wanted.tags ?? [],
      status: 'ACTIVE',
      desiredCount: wanted.desiredCount,
      deployments: [],
      lastCompleted: undefined,
      events: [],
      isSteady: false,
      load: undefined,
    };
    cluster.services.set(wanted.service, service);
    this.scheduler.deploy(service, wanted.taskDefinition);
    this.#publish();
    return service;
  }

  /** Adds a service that runs already: every task healthy, its deployment completed. */
  seedService(wanted: NewService): void {
    this.events.quietly(() => {
      const service = this.addService(wanted);
      for (let count = 0; count < wanted.desiredCount; count += 1) {
        placeTask(this, service, primaryOf(service));
      }
      this.scheduler.look(service);
    });
  }

  /** Sets what keeps a service busy; undefined brings back the base load. */
  setLoad(region: string, cluster: string, service: string, load: Load | undefined): void {
    const found = this.findService(region, cluster, service);
    if (found === undefined) {
      throw new Error(`cannot set the load of ${service}: no such service in ${region}/${cluster}`);
    }
    found.load = load;
  }

  /** Private addresses never come twice, so a target group cannot mistake one task for another. */
  newAddress(): string {
    this.#addresses += 1;
    return `10.${this.#addresses >> 16}.${(this.#addresses >> 8) & 255}.${this.#addresses & 255}`;
  }

  /** Nineteen digits, as in the ids of deployments. */
  newNumber(): string {
    return Array.from({ length: 19 }, () => `${1 + this.world.random.integer(9)}`).join('');
  }

  #publish(): void {
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    this.world.every(PUBLISH_INTERVAL_MS, 'ECS utilization', () => {
      publishUtilization(this);
    });
  }
}
