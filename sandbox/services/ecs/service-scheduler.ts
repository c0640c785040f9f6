import { failureThreshold } from './circuit-breaker.ts';
import type { EcsModel } from './ecs-model.ts';
import {
  type Deployment,
  type EcsService,
  primaryOf,
  type Revision,
  type Task,
  tasksOf,
} from './ecs-state.ts';
import { startTask, type Stop, stopTask, whenUp } from './task-lifecycle.ts';

/** How long ECS waits before it looks for room again, in ms. */
const PLACEMENT_RETRY_MS = 30_000;

/** After a failure ECS waits before the next task, longer each time. */
const RETRY_STEP_MS = 10_000;
const RETRY_MAX_MS = 300_000;
/** From so many failures in a row on, ECS says that it cannot start tasks. */
const IMPAIRED_AFTER = 3;

/** The service scheduler: brings the tasks of each service to what its deployments want. */
export class ServiceScheduler {
  readonly #model: EcsModel;

  constructor(model: EcsModel) {
    this.#model = model;
  }

  /** Starts a deployment; the former primary one stays until its tasks are replaced. */
  deploy(service: EcsService, revision: Revision): Deployment {
    const atMs = this.#model.world.nowMs();
    const id = `ecs-svc/${this.#model.newNumber()}`;
    const deployment: Deployment = {
      id,
      revision,
      createdAtMs: atMs,
      updatedAtMs: atMs,
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      reason: `ECS deployment ${id} in progress.`,
      failedTasks: 0,
      failuresInRow: 0,
      retryAtMs: 0,
      digests: new Map(),
    };
    this.#makePrimary(service, deployment);
    return deployment;
  }

  /** Compares tasks with deployments and takes the next steps. */
  look(service: EcsService): void {
    if (service.status !== 'ACTIVE' || !this.#model.hub.isUp(service.region)) return;
    const primary = primaryOf(service);
    this.#startTasks(service, primary);
    this.#stopTasks(service, primary);
    service.deployments = service.deployments.filter(
      (each) => each === primary || tasksOf(service).some((task) => task.deployment === each),
    );
    this.#settle(service, primary);
  }

  taskBecameHealthy({ service, deployment }: Task): void {
    const { resetOnHealthyTask = true } = service.configuration.deploymentCircuitBreaker ?? {};
    if (resetOnHealthyTask) deployment.failuresInRow = 0;
    this.look(service);
  }

  taskStopped(task: Task): void {
    const { service, deployment } = task;
    service.isSteady = false;
    const failed = !task.isHealthy && isFailure(task);
    if (failed && deployment.rolloutState === 'IN_PROGRESS')
      this.#countFailure(service, deployment);
    else if (failed) this.#retryLater(service, deployment);
    this.look(service);
  }

  #startTasks(service: EcsService, primary: Deployment): void {
    const nowMs = this.#model.world.nowMs();
    if (primary.rolloutState === 'FAILED' || primary.retryAtMs > nowMs) return;
    const wanted = tasksOf(service).filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    const own = wanted.filter(({ deployment }) => deployment === primary);
    const { maximumPercent = 200 } = service.configuration;
    // AWS rounds the maximum down; it binds only while old tasks are there as well.
    const most = Math.floor((service.desiredCount * maximumPercent) / 100);
    const room = own.length === wanted.length ? service.desiredCount : most;
    const count = Math.min(service.desiredCount - own.length, room - wanted.length);
    if (count <= 0) return;
    if (this.#model.hub.hasCapacity?.(service.region) === false) {
      this.#tellNoCapacity(service);
      return;
    }
    const started = Array.from({ length: count }, () => startTask(this.#model, service, primary));
    service.isSteady = false;
    this.#model.events.message(service, `has started ${count} tasks: ${listOf(started)}.`);
  }

  /** ECS says so and tries again by itself. */
  #tellNoCapacity(service: EcsService): void {
    const { events, world } = this.#model;
    const text =
      'was unable to place a task. Reason: Capacity is unavailable at this time. RESOURCE:FARGATE.';
    service.isSteady = false;
    events.message(service, text);
    events.action(service, 'SERVICE_TASK_PLACEMENT_FAILURE', 'ERROR');
    world.after(PLACEMENT_RETRY_MS, `ecs places tasks of ${service.name}`, () => {
      this.look(service);
    });
  }

  #stopTasks(service: EcsService, primary: Deployment): void {
    const wanted = tasksOf(service).filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    const own = wanted.filter(({ deployment }) => deployment === primary);
    const surplus = own
      .toSorted((a, b) => Number(a.isHealthy) - Number(b.isHealthy))
      .slice(0, Math.max(0, own.length - service.desiredCount));
    const others = wanted.filter(({ deployment }) => deployment !== primary);
    const { minimumHealthyPercent = 100 } = service.configuration;
    // AWS rounds the minimum up.
    const fewest = Math.ceil((service.desiredCount * minimumHealthyPercent) / 100);
    const kept = wanted.filter((task) => !surplus.includes(task));
    const healthy = kept.filter(({ isHealthy }) => isHealthy).length;
    const unhealthy = others.filter(({ isHealthy }) => !isHealthy);
    const spare = primary.rolloutState === 'FAILED' ? 0 : Math.max(0, healthy - fewest);
    const replaced = others.filter(({ isHealthy }) => isHealthy).slice(0, spare);
    const stopped = [...surplus, ...unhealthy, ...replaced];
    if (stopped.length === 0) return;
    service.isSteady = false;
    for (const task of stopped) stopTask(this.#model, task, scalingStop(primary));
    const text = `has stopped ${stopped.length} running tasks: ${listOf(stopped)}.`;
    this.#model.events.message(service, text);
  }

  #settle(service: EcsService, primary: Deployment): void {
    const tasks = tasksOf(service);
    const isSettled =
      tasks.length === service.desiredCount &&
      tasks.every((task) => task.deployment === primary && task.isHealthy);
    if (!isSettled || service.isSteady || primary.rolloutState === 'FAILED') return;
    const { events, world } = this.#model;
    if (primary.rolloutState === 'IN_PROGRESS') {
      primary.rolloutState = 'COMPLETED';
      primary.reason = `ECS deployment ${primary.id} completed.`;
      primary.updatedAtMs = world.nowMs();
      service.lastCompleted = primary;
      events.message(service, `(deployment ${primary.id}) deployment completed.`);
      events.deployment(service, primary, 'SERVICE_DEPLOYMENT_COMPLETED');
    }
    service.isSteady = true;
    events.message(service, 'has reached a steady state.');
    events.action(service, 'SERVICE_STEADY_STATE', 'INFO');
  }

  #countFailure(service: EcsService, deployment: Deployment): void {
    deployment.failedTasks += 1;
    deployment.failuresInRow += 1;
    const { events } = this.#model;
    if (deployment.failuresInRow === IMPAIRED_AFTER) {
      events.message(service, 'is unable to consistently start tasks successfully.');
      events.action(service, 'SERVICE_TASK_START_IMPAIRED', 'WARN');
    }
    const breaker = service.configuration.deploymentCircuitBreaker;
    const trips =
      breaker?.enable === true &&
      deployment.status === 'PRIMARY' &&
      deployment.failuresInRow >= failureThreshold(breaker, service.desiredCount);
    if (trips) this.#trip(service, deployment, breaker.rollback === true);
    else this.#retryLater(service, deployment);
  }

  #trip(service: EcsService, deployment: Deployment, rollsBack: boolean): void {
    const { events, world } = this.#model;
    deployment.rolloutState = 'FAILED';
    deployment.reason = 'ECS deployment circuit breaker: task failed to start.';
    deployment.updatedAtMs = world.nowMs();
    events.message(
      service,
      `(deployment ${deployment.id}) deployment failed: tasks failed to start.`,
    );
    events.deployment(service, deployment, 'SERVICE_DEPLOYMENT_FAILED');
    const former = service.lastCompleted;
    if (!rollsBack || former === undefined || former === deployment) return;
    former.rolloutState = 'IN_PROGRESS';
    former.reason = `ECS deployment circuit breaker: rolling back to deploymentId ${former.id}.`;
    former.updatedAtMs = world.nowMs();
    events.message(service, `rolling back to deployment ${former.id}.`);
    this.#makePrimary(service, former);
  }

  #makePrimary(service: EcsService, deployment: Deployment): void {
    for (const other of service.deployments) other.status = 'ACTIVE';
    deployment.status = 'PRIMARY';
    service.deployments = [deployment, ...service.deployments.filter((d) => d !== deployment)];
    service.isSteady = false;
    this.#model.events.deployment(service, deployment, 'SERVICE_DEPLOYMENT_IN_PROGRESS');
  }

  #retryLater(service: EcsService, deployment: Deployment): void {
    const failures = Math.max(1, deployment.failuresInRow);
    const delayMs = Math.min(RETRY_MAX_MS, failures * RETRY_STEP_MS);
    deployment.retryAtMs = this.#model.world.nowMs() + delayMs;
    whenUp(this.#model, service.region, delayMs, () => {
      this.look(service);
    });
  }
}

const isFailure = ({ stopCode }: Task): boolean =>
  stopCode === 'TaskFailedToStart' || stopCode === 'EssentialContainerExited';

function scalingStop(primary: Deployment): Stop {
  const reason = `Scaling activity initiated by (deployment ${primary.id})`;
  return { code: 'ServiceSchedulerInitiated', reason };
}

const listOf = (tasks: readonly Task[]): string => tasks.map(({ id }) => `(task ${id})`).join(' ');
