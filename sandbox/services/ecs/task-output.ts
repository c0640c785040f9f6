import type { Task as TaskOutput } from '@aws-sdk/client-ecs';
import type { Task } from './ecs-state.ts';

/** A task as DescribeTasks answers it and as its events carry it. */
export function taskOutput(task: Task): TaskOutput {
  const { definition, arn } = task.deployment.revision;
  return {
    taskArn: task.arn,
    clusterArn: task.cluster.arn,
    taskDefinitionArn: arn,
    group: `service:${task.service.name}`,
    startedBy: task.deployment.id,
    availabilityZone: `${task.cluster.region}a`,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    cpu: definition.cpu ?? '256',
    memory: definition.memory ?? '512',
    connectivity: 'CONNECTED',
    desiredStatus: task.desiredStatus,
    lastStatus: task.status,
    healthStatus: 'UNKNOWN',
    version: task.version,
    containers: task.containers.map((container) => ({
      containerArn: `${task.arn.replace(':task/', ':container/')}/${container.name}`,
      taskArn: task.arn,
      name: container.name,
      image: container.image,
      imageDigest: container.imageDigest,
      lastStatus: containerStatus(task),
      exitCode: container.exitCode,
      reason: container.reason,
      networkInterfaces: [{ privateIpv4Address: task.address }],
    })),
    createdAt: new Date(task.createdAtMs),
    ...dates(task),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
  };
}

function containerStatus(task: Task): string {
  if (task.status === 'STOPPED') return 'STOPPED';
  return task.startedAtMs === undefined ? 'PENDING' : 'RUNNING';
}

function dates(task: Task): Partial<TaskOutput> {
  const date = (ms: number | undefined): Date | undefined =>
    ms === undefined ? undefined : new Date(ms);
  return {
    pullStartedAt: date(task.pullStartedAtMs),
    pullStoppedAt: date(task.pullStoppedAtMs),
    startedAt: date(task.startedAtMs),
    stoppedAt: date(task.stoppedAtMs),
  };
}
