import type {
  AwsEvent,
  Hub,
  MetricDatum,
  QueueDelivery,
  Target,
  TargetHealthState,
} from './service-model.ts';

type AlarmState = ReturnType<Hub['alarmState']>;

/** What the hub asks of each model; every model may be missing in a test of its own. */
export interface HubModels {
  readonly eventbridge?: { putAwsEvent(region: string, event: AwsEvent): void };
  readonly cloudwatch?: {
    putMetric(region: string, datum: MetricDatum): void;
    alarmState(region: string, name: string): AlarmState;
  };
  readonly sqs?: { deliver(queueArn: string, body: string, options?: QueueDelivery): void };
  readonly lambda?: { invoke(region: string, name: string, payload: unknown): Promise<unknown> };
  readonly elasticloadbalancingv2?: {
    isTargetHealthy(dnsName: string): boolean | undefined;
    addressOf(dnsName: string): string | undefined;
    /** The region of a load balancer's name; undefined when the name is not one. */
    regionOf(dnsName: string): string | undefined;
    /** The region whose load balancers listen at an address that `addressOf` gave. */
    regionAt(address: string): string | undefined;
    handle(host: string, path: string, at?: { readonly region: string }): Answer | Promise<Answer>;
    registerTarget(region: string, targetGroupArn: string, target: Target): void;
    deregisterTarget(region: string, targetGroupArn: string, targetId: string): void;
    targetHealth(region: string, targetGroupArn: string, targetId: string): TargetHealthState;
  };
  readonly route53?: {
    answer(name: string, type: string, options: { readonly resolver?: string }): NamesAnswer;
  };
  readonly s3?: {
    anonymousGet(bucket: string, key: string): Answer | Promise<Answer>;
    find(bucket: string): { readonly region: string } | undefined;
  };
  readonly ecr?: {
    resolveImage(region: string, image: string): string | undefined;
    imageLabels(region: string, image: string): Readonly<Record<string, string>>;
  };
}

/** What the network needs of an answer of the DNS. */
interface NamesAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly records: readonly { readonly type: string; readonly value: string }[];
}

/** An HTTP answer inside of the local cloud. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}
