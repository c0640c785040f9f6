import type { Faults } from './faults.ts';
import type { Answer, HubModels } from './hub-models.ts';
import { Network } from './network.ts';
import type {
  AwsEvent,
  Hub,
  MetricDatum,
  Principal,
  QueueDelivery,
  Target,
  TargetHealthState,
} from './service-model.ts';

/**
 * The ways between the models. It is made before them, because they take it, and learns of them
 * afterwards.
 */
export class CloudHub implements Hub {
  readonly network: Network;
  readonly #faults: Faults;
  #models: HubModels = {};

  constructor(faults: Faults) {
    this.#faults = faults;
    this.network = new Network(faults);
  }

  /** Tells the hub which models there are. */
  connect(models: HubModels): void {
    this.#models = models;
    this.network.connect(models);
  }

  putEvent(region: string, event: AwsEvent): void {
    if (!this.isUp(region)) return;
    const put = (): void => {
      this.#model('eventbridge').putAwsEvent(region, event);
    };
    this.#faults.passEvent(region, event.source, put);
  }

  putMetric(region: string, datum: MetricDatum): void {
    if (this.#faults.losesMetric(region, datum.namespace)) return;
    this.#model('cloudwatch').putMetric(region, datum);
  }

  sendToQueue(queueArn: string, body: string, options?: QueueDelivery): void {
    this.#model('sqs').deliver(queueArn, body, options);
  }

  async invokeFunction(region: string, functionName: string, payload: unknown): Promise<unknown> {
    return this.#model('lambda').invoke(region, functionName, payload);
  }

  async http(from: Principal, url: string): Promise<Answer> {
    return this.network.http(from.region, url);
  }

  /** An object that everybody may read, such as a latch, by its bucket and key. */
  openObject(from: string | undefined, bucket: string, key: string): Promise<Answer> {
    return this.network.openObject(from, bucket, key);
  }

  alarmState(region: string, name: string): ReturnType<Hub['alarmState']> {
    return this.#model('cloudwatch').alarmState(region, name);
  }

  isTargetHealthy(dnsName: string): boolean | undefined {
    return this.#model('elasticloadbalancingv2').isTargetHealthy(dnsName);
  }

  addressOf(dnsName: string): string | undefined {
    return this.#model('elasticloadbalancingv2').addressOf(dnsName);
  }

  resolveImage(region: string, image: string): string | undefined {
    return this.#model('ecr').resolveImage(region, image);
  }

  imageLabels(region: string, image: string): Readonly<Record<string, string>> {
    return this.#model('ecr').imageLabels(region, image);
  }

  registerTarget(region: string, targetGroupArn: string, target: Target): void {
    this.#model('elasticloadbalancingv2').registerTarget(region, targetGroupArn, target);
  }

  deregisterTarget(region: string, targetGroupArn: string, targetId: string): void {
    this.#model('elasticloadbalancingv2').deregisterTarget(region, targetGroupArn, targetId);
  }

  targetHealth(region: string, targetGroupArn: string, targetId: string): TargetHealthState {
    return this.#model('elasticloadbalancingv2').targetHealth(region, targetGroupArn, targetId);
  }

  isUp(region: string): boolean {
    return this.#faults.isUp(region);
  }

  hasCapacity(region: string): boolean {
    return this.#faults.hasCapacity(region);
  }

  canReach(from: string | undefined, to: string): boolean {
    return this.#faults.canReach(from, to);
  }

  #model<Name extends keyof HubModels>(name: Name): NonNullable<HubModels[Name]> {
    const model = this.#models[name];
    if (model === undefined) {
      throw new Error(`The hub has no ${name} model; hand one to CloudHub.connect`);
    }
    return model;
  }
}
