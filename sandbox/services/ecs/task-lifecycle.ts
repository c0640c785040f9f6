import { CRASH_LABEL } from '../../sample-image.ts';
import { resolveImages } from './container-images.ts';
import type { EcsModel } from './ecs-model.ts';
import type { Deployment, EcsService, StopCode, Task, TaskStatus } from './ecs-state.ts';
import { deregisterTask, registerTask } from './task-targets.ts';

/** Times of a small Fargate task; a real one takes 20 to 60 s, mostly for the image. */
const PROVISION_MS = 2_000;
const PULL_MS = 3_000;
const CRASH_AFTER_MS = 2_000;
const STOP_MS = 2_000;
/** How long ECS leaves a stopping task to its load balancer, as long as that drains. */
const DRAIN_MS = 15_000;
/** Without a load balancer a task counts as healthy this long after it runs, as on AWS. */
const HEALTHY_AFTER_MS = 40_000;
/** How often work in a region that is down looks whether it may go on. */
const RETRY_WHILE_DOWN_MS = 5_000;
/** ECS shows stopped tasks for about an hour. */
const STOPPED_KEPT_MS = 3_600_000;

/** Why a task ends, in the words of ECS. */
export interface Stop {
  readonly code: StopCode;
  readonly reason: string;
}

/** Starts one task; it runs a few seconds later, or fails and tells the scheduler. */
export function startTask(model: EcsModel, service: EcsService, deployment: Deployment): Task {
  const task = newTask(model, service, deployment);
  model.events.task(task);
  afterwards(model, task, PROVISION_MS, () => {
    task.pullStartedAtMs = model.world.nowMs();
    change(model, task, 'PENDING');
    afterwards(model, task, PULL_MS, () => {
      run(model, task);
    });
  });
  return task;
}

/** For seeding: a task that runs and is healthy already, of which nobody is told. */
export function placeTask(model: EcsModel, service: EcsService, deployment: Deployment): void {
  const task = newTask(model, service, deployment);
  const missing = resolveImages(model, task);
  if (missing !== undefined) throw new Error(`cannot seed ${service.arn}: no image ${missing}`);
  task.status = 'RUNNING';
  task.startedAtMs = model.world.nowMs();
  task.isHealthy = true;
  registerTask(model, task, { isHealthyAtOnce: true });
}

/** Stops a task in order: out of the load balancer first. */
export function stopTask(model: EcsModel, task: Task, stop: Stop): void {
  if (task.desiredStatus === 'STOPPED') return;
  const drains = task.status === 'RUNNING' && task.service.loadBalancers.length > 0;
  begin(task, stop);
  if (drains) deregisterTask(model, task);
  change(model, task, drains ? 'DEACTIVATING' : 'STOPPING');
  whenUp(model, task.cluster.region, drains ? DRAIN_MS : STOP_MS, () => {
    end(model, task, 0);
  });
}

function run(model: EcsModel, task: Task): void {
  const missing = resolveImages(model, task);
  task.pullStoppedAtMs = model.world.nowMs();
  if (missing !== undefined) {
    const reason =
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to ' +
      `resolve ref ${missing}: ${missing}: not found`;
    fail(model, task, { code: 'TaskFailedToStart', reason });
    return;
  }
  task.startedAtMs = model.world.nowMs();
  change(model, task, 'RUNNING');
  const onHealthy = (): void => {
    if (task.desiredStatus === 'RUNNING') markHealthy(model, task);
  };
  if (task.service.loadBalancers.length > 0) registerTask(model, task, { onHealthy });
  else afterwards(model, task, HEALTHY_AFTER_MS, onHealthy);
  if (task.labels[CRASH_LABEL] === 'true') {
    afterwards(model, task, CRASH_AFTER_MS, () => {
      const reason = 'Essential container in task exited';
      fail(model, task, { code: 'EssentialContainerExited', reason });
    });
  }
  model.scheduler.look(task.service);
}

function markHealthy(model: EcsModel, task: Task): void {
  task.isHealthy = true;
  model.scheduler.taskBecameHealthy(task);
}

function fail(model: EcsModel, task: Task, stop: Stop): void {
  begin(task, stop);
  if (task.status === 'RUNNING') deregisterTask(model, task);
  end(model, task, stop.code === 'EssentialContainerExited' ? 1 : undefined);
}

function begin(task: Task, stop: Stop): void {
  task.desiredStatus = 'STOPPED';
  task.stopCode = stop.code;
  task.stoppedReason = stop.reason;
}

function end(model: EcsModel, task: Task, exitCode: number | undefined): void {
  for (const container of task.containers) container.exitCode = exitCode;
  task.stoppedAtMs = model.world.nowMs();
  change(model, task, 'STOPPED');
  forgetOld(task, model.world.nowMs());
  model.scheduler.taskStopped(task);
}

function forgetOld({ cluster }: Task, nowMs: number): void {
  for (const [id, { stoppedAtMs }] of cluster.tasks) {
    if (stoppedAtMs !== undefined && nowMs - stoppedAtMs > STOPPED_KEPT_MS) {
      cluster.tasks.delete(id);
    }
  }
}

function change(model: EcsModel, task: Task, status: TaskStatus): void {
  task.status = status;
  model.events.task(task);
}

function newTask(model: EcsModel, service: EcsService, deployment: Deployment): Task {
  const id = model.world.random.hex(32);
  const task: Task = {
    id,
    arn: model.names.task(service.region, service.cluster.name, id),
    cluster: service.cluster,
    service,
    deployment,
    address: model.newAddress(),
    createdAtMs: model.world.nowMs(),
    containers: (deployment.revision.definition.containerDefinitions ?? []).map((container) => ({
      name: container.name ?? '',
      image: container.image ?? '',
      imageDigest: undefined,
      exitCode: undefined,
      reason: undefined,
    })),
    status: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 0,
    isHealthy: false,
    labels: {},
  };
  service.cluster.tasks.set(id, task);
  return task;
}

/** The next step of a task that nobody stopped meanwhile. */
function afterwards(model: EcsModel, task: Task, delayMs: number, step: () => void): void {
  whenUp(model, task.cluster.region, delayMs, () => {
    if (task.desiredStatus === 'RUNNING') step();
  });
}

/** Does something later, and not before the region is up. */
export function whenUp(model: EcsModel, region: string, delayMs: number, step: () => void): void {
  model.world.after(delayMs, `ecs in ${region}`, () => {
    if (model.hub.isUp(region)) step();
    else whenUp(model, region, RETRY_WHILE_DOWN_MS, step);
  });
}
