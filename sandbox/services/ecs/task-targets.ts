import { VERSION_LABEL } from '../../sample-image.ts';
import type { EcsModel } from './ecs-model.ts';
import type { Task } from './ecs-state.ts';

interface Registration {
  readonly isHealthyAtOnce?: boolean;
  readonly onHealthy?: () => void;
}

/** Puts a running task behind the load balancers of its service. */
export function registerTask(model: EcsModel, task: Task, registration: Registration): void {
  for (const { targetGroupArn, containerPort } of task.service.loadBalancers) {
    if (model.hub.registerTarget === undefined) {
      throw new Error(`the hub cannot register ${task.arn} with a target group`);
    }
    model.hub.registerTarget(task.cluster.region, targetGroupArn ?? '', {
      id: task.address,
      port: containerPort ?? 8_080,
      answer: () => answerOf(model, task),
      ...registration,
    });
  }
}

/** New requests go elsewhere from now on. */
export function deregisterTask(model: EcsModel, task: Task): void {
  for (const { targetGroupArn } of task.service.loadBalancers) {
    model.hub.deregisterTarget?.(task.cluster.region, targetGroupArn ?? '', task.address);
  }
}

/** What the task says of itself; nothing while its region is down. */
function answerOf(model: EcsModel, task: Task): Readonly<Record<string, unknown>> | undefined {
  const isRunning = task.status === 'RUNNING' || task.status === 'DEACTIVATING';
  if (!isRunning || !model.hub.isUp(task.cluster.region)) return undefined;
  const digest = task.containers.find(({ imageDigest }) => imageDigest !== undefined)?.imageDigest;
  return { service: task.service.name, digest, task: task.id, version: task.labels[VERSION_LABEL] };
}
