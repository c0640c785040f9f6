import type {
  DeploymentConfiguration,
  LoadBalancer,
  Tag,
  TaskDefinition,
} from '@aws-sdk/client-ecs';

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly services: Map<string, EcsService>;
  readonly tasks: Map<string, Task>;
}

/** One revision of a task definition, with its tags. */
export interface Revision {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  definition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/** What makes the utilization of a service: requests, or a fixed value, or neither. */
export type Load = { readonly rps: number } | { readonly cpuPercent: number };

export type Controller = 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';

export interface EcsService {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly cluster: Cluster;
  readonly createdAtMs: number;
  readonly controller: Controller;
  readonly configuration: DeploymentConfiguration;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly tags: readonly Tag[];
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  /** The primary deployment first. */
  deployments: Deployment[];
  /** What the circuit breaker goes back to. */
  lastCompleted: Deployment | undefined;
  /** Newest first; ECS keeps the latest 100. */
  events: ServiceEvent[];
  isSteady: boolean;
  load: Load | undefined;
}

interface ServiceEvent {
  readonly id: string;
  readonly atMs: number;
  readonly message: string;
}

export interface Deployment {
  readonly id: string;
  readonly revision: Revision;
  readonly createdAtMs: number;
  updatedAtMs: number;
  status: 'PRIMARY' | 'ACTIVE';
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  reason: string;
  failedTasks: number;
  /** Failures since a task last became healthy: what the circuit breaker counts. */
  failuresInRow: number;
  /** No task starts before this time, after a failure. */
  retryAtMs: number;
  /** Digest of each container's image as first resolved, which later tasks keep to. */
  readonly digests: Map<string, string>;
}

export type TaskStatus =
  'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'STOPPED';

interface TaskContainer {
  readonly name: string;
  readonly image: string;
  imageDigest: string | undefined;
  exitCode: number | undefined;
  reason: string | undefined;
}

export interface Task {
  readonly id: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly service: EcsService;
  readonly deployment: Deployment;
  readonly address: string;
  readonly createdAtMs: number;
  readonly containers: readonly TaskContainer[];
  status: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  /** Counts its changes; doubled events carry the same number. */
  version: number;
  isHealthy: boolean;
  labels: Readonly<Record<string, string>>;
  pullStartedAtMs?: number;
  pullStoppedAtMs?: number;
  startedAtMs?: number;
  stoppedAtMs?: number;
  stopCode?: StopCode;
  stoppedReason?: string;
}

export type StopCode =
  'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated' | 'ServiceSchedulerInitiated';

/** Tasks of a service that are not stopped, in the order they started. */
export function tasksOf(service: EcsService): Task[] {
  return [...service.cluster.tasks.values()].filter(
    (task) => task.service === service && task.status !== 'STOPPED',
  );
}

/** The primary deployment; a service has one from its creation on. */
export function primaryOf(service: EcsService): Deployment {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (primary === undefined) throw new Error(`service ${service.arn} has no primary deployment`);
  return primary;
}

const isPending = (task: Task): boolean =>
  task.status === 'PROVISIONING' || task.status === 'PENDING';

/** Running and pending tasks, as ECS counts them. */
export function countsOf(tasks: readonly Task[]): {
  readonly running: number;
  readonly pending: number;
} {
  return {
    running: tasks.filter(({ status }) => status === 'RUNNING').length,
    pending: tasks.filter((task) => isPending(task)).length,
  };
}
