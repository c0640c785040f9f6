import type { World } from './world.ts';

/** Who calls: a person with the CLI, a function with its role, or the local cloud itself. */
export interface Principal {
  /** Undefined for a person, who may do everything. */
  readonly roleArn?: string;
  /** Where the caller is; undefined for a caller outside of AWS. */
  readonly region?: string;
}

/** One API call as a service model sees it. */
export interface Call {
  readonly world: World;
  readonly region: string;
  readonly accountId: string;
  readonly principal: Principal;
  readonly requestId: string;
}

/**
 * One API operation. Input and output have the shapes of the SDK client's command, so both doors
 * hand them over unchanged.
 */
export interface Operation<Input = never, Output = unknown> {
  /** IAM action; by default `<iam prefix>:<operation>`. */
  readonly action?: string;
  /** ARNs the caller's policy must allow; `['*']` for actions without resource-level permission. */
  readonly resources: (input: Input, call: Call) => readonly string[];
  /** Condition keys of this call, such as `ecs:cluster`. */
  readonly conditions?: (input: Input, call: Call) => Readonly<Record<string, string | string[]>>;
  /** True for the few operations that need no permission, such as `sts:GetCallerIdentity`. */
  readonly isOpen?: boolean;
  /** Further permissions a call needs, such as `iam:PassRole` on the roles it hands on. */
  readonly alsoNeeds?: (input: Input, call: Call) => readonly NeededPermission[];
  readonly handle: (input: Input, call: Call) => Output | Promise<Output>;
}

/** An action that the caller's policy must allow on every one of the resources. */
export interface NeededPermission {
  readonly action: string;
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
}

/** The stand-in for one AWS service: its state lives in a model, its API in operations. */
export interface Service {
  /** The SDK's service id, lower case, no spaces: `ecs`, `route53`, `elasticloadbalancingv2`. */
  readonly id: string;
  /** Prefix of IAM actions: `ecs`, `route53`, `elasticloadbalancing`. */
  readonly iamPrefix: string;
  /** The region of the control plane of a global service; undefined for regional services. */
  readonly controlPlaneRegion?: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An error as AWS answers it; `code` is the exception's name in the SDK. */
export class ServiceError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  /** Further members of the error's structure, such as `lastValidByteReceived`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { httpStatus?: number; members?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.httpStatus = options.httpStatus ?? 400;
    this.members = options.members ?? {};
  }
}

/** An event as AWS services put it on the default bus of a region. */
export interface AwsEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

export interface MetricDatum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * How one service model reaches another. `cloud.ts` builds it from the models; a model that needs
 * a neighbour takes the hub, never the neighbour, so models can be built and tested alone.
 */
export interface Hub {
  /** EventBridge, default bus. Dropped silently while the region is down. */
  putEvent(region: string, event: AwsEvent): void;
  /** CloudWatch, one datapoint now. */
  putMetric(region: string, datum: MetricDatum): void;
  /** SQS by queue ARN, as EventBridge, Scheduler and SNS deliver. Throws a ServiceError. */
  sendToQueue(queueArn: string, body: string, options?: QueueDelivery): void;
  /** Lambda by name or ARN; throws when the function failed. */
  invokeFunction(region: string, functionName: string, payload: unknown): Promise<unknown>;
  /** HTTP from a place in the world to a public name; throws when it cannot be reached. */
  http(from: Principal, url: string): Promise<{ readonly status: number; readonly body: string }>;
  /** State of a CloudWatch alarm, for Route 53's CLOUDWATCH_METRIC checks. */
  alarmState(region: string, name: string): 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | undefined;
  /** Whether a load balancer's name has a healthy target, for alias records. */
  isTargetHealthy(dnsName: string): boolean | undefined;
  /** Loopback address that a load balancer's name stands for; undefined for unknown names. */
  addressOf(dnsName: string): string | undefined;
  /** Whether an image is in a region's registry, for starting tasks; the digest it resolves to. */
  resolveImage(region: string, image: string): string | undefined;
  /** Labels in an image's configuration, such as those that tell a task of the sandbox to crash. */
  imageLabels?(region: string, image: string): Readonly<Record<string, string>>;
  /** Elastic Load Balancing, as ECS registers the tasks of a service there. */
  registerTarget?(region: string, targetGroupArn: string, target: Target): void;
  /** The target drains before it is gone. */
  deregisterTarget?(region: string, targetGroupArn: string, targetId: string): void;
  targetHealth?(region: string, targetGroupArn: string, targetId: string): TargetHealthState;
  /** Whether anything in this region works. */
  isUp(region: string): boolean;
  /** Whether one place can talk to another; `undefined` stands for the internet outside of AWS. */
  canReach(from: string | undefined, to: string): boolean;
}

/** States of a target, as DescribeTargetHealth names them. */
export type TargetHealthState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

/** A task behind a load balancer. */
export interface Target {
  /** Its private address. */
  readonly id: string;
  readonly port: number;
  /** What the task says of itself; undefined when it does not answer. */
  readonly answer: () => Readonly<Record<string, unknown>> | undefined;
  /** For seeding: healthy without a first check. */
  readonly isHealthyAtOnce?: boolean;
  /** Is told once, when the first check passed. */
  readonly onHealthy?: () => void;
}

export interface QueueDelivery {
  readonly delaySeconds?: number;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Principal that the queue's policy must allow, such as `events.amazonaws.com`; else any. */
  readonly service?: string;
  /** The rule, topic or schedule that sends, for conditions on aws:SourceArn. */
  readonly sourceArn?: string;
  /** Role the sender was allowed by, as with Scheduler: then the queue's policy is not asked. */
  readonly roleArn?: string;
}
