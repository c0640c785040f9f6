import type { AwsEvent, Hub } from '../../service-model.ts';
import type { World } from '../../world.ts';
import type { Deployment, EcsService, Task } from './ecs-state.ts';
import { taskOutput } from './task-output.ts';

/** ECS keeps this many messages of a service. */
const MESSAGES_MAX = 100;

type ServiceAction =
  | 'SERVICE_STEADY_STATE'
  | 'SERVICE_TASK_PLACEMENT_FAILURE'
  | 'SERVICE_TASK_START_IMPAIRED'
  | 'SERVICE_TASK_CONFIGURATION_FAILURE';

type DeploymentEvent =
  'SERVICE_DEPLOYMENT_IN_PROGRESS' | 'SERVICE_DEPLOYMENT_COMPLETED' | 'SERVICE_DEPLOYMENT_FAILED';

/** What ECS tells: EventBridge in the documented shapes, and the message list of a service. */
export class EcsEvents {
  readonly #world: World;
  readonly #hub: Hub;
  #isQuiet = false;

  constructor(world: World, hub: Hub) {
    this.#world = world;
    this.#hub = hub;
  }

  /** For seeding: what was there before anybody listened made no events. */
  quietly(seed: () => void): void {
    this.#isQuiet = true;
    try {
      seed();
    } finally {
      this.#isQuiet = false;
    }
  }

  /** Adds to what DescribeServices lists. */
  message(service: EcsService, text: string): void {
    const event = {
      id: this.#world.random.uuid(),
      atMs: this.#world.nowMs(),
      message: `(service ${service.name}) ${text}`,
    };
    service.events = [event, ...service.events].slice(0, MESSAGES_MAX);
  }

  deployment(service: EcsService, deployment: Deployment, eventName: DeploymentEvent): void {
    this.#put(service.region, {
      source: 'aws.ecs',
      detailType: 'ECS Deployment State Change',
      resources: [service.arn],
      detail: {
        eventType: eventName === 'SERVICE_DEPLOYMENT_FAILED' ? 'ERROR' : 'INFO',
        eventName,
        deploymentId: deployment.id,
        updatedAt: this.#now(),
        reason: deployment.reason,
      },
    });
  }

  action(
    service: EcsService,
    eventName: ServiceAction,
    eventType: 'INFO' | 'WARN' | 'ERROR',
  ): void {
    this.#put(service.region, {
      source: 'aws.ecs',
      detailType: 'ECS Service Action',
      resources: [service.arn],
      detail: { eventType, eventName, clusterArn: service.cluster.arn, createdAt: this.#now() },
    });
  }

  /** Each call is one change of the task, so its version grows. */
  task(task: Task): void {
    task.version += 1;
    this.#put(task.cluster.region, {
      source: 'aws.ecs',
      detailType: 'ECS Task State Change',
      resources: [task.arn],
      detail: { ...taskOutput(task), updatedAt: this.#now() },
    });
  }

  #put(region: string, event: AwsEvent): void {
    if (!this.#isQuiet) this.#hub.putEvent(region, event);
  }

  #now(): string {
    return new Date(this.#world.nowMs()).toISOString();
  }
}
