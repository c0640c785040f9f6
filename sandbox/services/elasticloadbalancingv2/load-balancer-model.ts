import type { Hub, Service, Target, TargetHealthState } from '../../service-model.ts';
import { ServiceError } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { describeLoadBalancers } from './describe-load-balancers.ts';
import { describeTargetGroups } from './describe-target-groups.ts';
import { describeTargetHealth } from './describe-target-health.ts';
import { TargetGroup } from './target-group.ts';

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  /** The name users and health checks ask. */
  readonly dnsName: string;
  readonly zoneId: string;
  /** Further names it answers to, such as the application's traffic record. */
  readonly hosts: readonly string[];
  /** The application it serves, for those who ask without a host. */
  readonly app: string;
  readonly targetGroups: readonly TargetGroup[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Application load balancers of every region: one per application, seeded from the fleet. */
export class LoadBalancerModel {
  readonly service: Service;
  readonly accountId: string;
  readonly #world: World;
  readonly #hub: Hub;
  readonly #balancers: LoadBalancer[] = [];
  readonly #byName = new Map<string, LoadBalancer>();
  readonly #groups = new Map<string, TargetGroup>();
  readonly #addresses = new Map<string, string>();
  /** Counts requests, to give each healthy target its turn. */
  #turn = 0;

  constructor(world: World, hub: Hub, options: { readonly accountId: string }) {
    this.#world = world;
    this.#hub = hub;
    this.accountId = options.accountId;
    this.service = {
      id: 'elasticloadbalancingv2',
      iamPrefix: 'elasticloadbalancing',
      operations: {
        DescribeLoadBalancers: describeLoadBalancers(this),
        DescribeTargetGroups: describeTargetGroups(this),
        DescribeTargetHealth: describeTargetHealth(this),
      },
    };
  }

  createTargetGroup(region: string, name: string): TargetGroup {
    const arn = this.#arn(region, `targetgroup/${name}/${this.#world.random.hex(16)}`);
    const group = new TargetGroup(this.#world, this.#hub, { arn, name, region });
    this.#groups.set(arn, group);
    return group;
  }

  createLoadBalancer(wanted: Omit<LoadBalancer, 'arn'>): LoadBalancer {
    const path = `loadbalancer/app/${wanted.name}/${this.#world.random.hex(16)}`;
    const balancer = { ...wanted, arn: this.#arn(wanted.region, path) };
    this.#balancers.push(balancer);
    this.#byName.set(normal(balancer.dnsName), balancer);
    return balancer;
  }

  /** Says at which loopback address a region's load balancers listen. */
  setAddress(region: string, address: string): void {
    this.#addresses.set(region, address);
  }

  in(region: string): readonly LoadBalancer[] {
    return this.#balancers.filter((balancer) => balancer.region === region);
  }

  targetGroups(region: string): readonly TargetGroup[] {
    return [...this.#groups.values()].filter((group) => group.region === region);
  }

  /** @throws ServiceError when the region has no such group */
  targetGroup(region: string, arn: string): TargetGroup {
    const group = this.#groups.get(arn);
    if (group?.region === region) return group;
    throw new ServiceError('TargetGroupNotFound', `Target groups '${arn}' not found`);
  }

  /** The region of a load balancer's name; undefined when the name is not one. */
  regionOf(dnsName: string): string | undefined {
    return this.#byDnsName(dnsName)?.region;
  }

  /** The region whose load balancers listen at an address. */
  regionAt(address: string): string | undefined {
    return [...this.#addresses].find(([, known]) => known === address)?.[0];
  }

  /** For alias records: undefined when the name is not a load balancer's. */
  isTargetHealthy(dnsName: string): boolean | undefined {
    const balancer = this.#byDnsName(dnsName);
    if (balancer === undefined) return undefined;
    if (!this.#hub.isUp(balancer.region)) return false;
    return balancer.targetGroups.some((group) => group.healthy().length > 0);
  }

  addressOf(dnsName: string): string | undefined {
    const region = this.regionOf(dnsName);
    return region === undefined ? undefined : this.#addresses.get(region);
  }

  /**
   * Answers an HTTP request. With a region the host may also be a traffic record, as a browser
   * sends it; an unknown host goes to `fallbackApp` where one is given.
   */
  handle(
    host: string,
    path: string,
    at?: { readonly region: string; readonly fallbackApp?: string | undefined },
  ): HttpAnswer {
    const balancer =
      at === undefined
        ? this.#byDnsName(host)
        : (this.#byHost(at.region, host) ?? this.#byApp(at.region, at.fallbackApp));
    if (balancer === undefined) return answerOf(404, { message: `no load balancer for ${host}` });
    if (!this.#hub.isUp(balancer.region)) {
      return answerOf(503, { message: `${balancer.region} is down` });
    }
    const pathname = path.split('?')[0] ?? '/';
    if (pathname !== '/' && pathname !== '/healthz') {
      return answerOf(404, { message: `nothing at ${pathname}; ask / or /healthz` });
    }
    const targets = balancer.targetGroups.flatMap((group) => group.healthy());
    const answer = targets[this.#turn++ % Math.max(1, targets.length)]?.answer();
    if (answer === undefined) return answerOf(503, { message: 'no healthy target' });
    return answerOf(200, { app: balancer.app, region: balancer.region, ...answer });
  }

  registerTarget(region: string, targetGroupArn: string, target: Target): void {
    this.targetGroup(region, targetGroupArn).register(target);
  }

  deregisterTarget(region: string, targetGroupArn: string, targetId: string): void {
    this.targetGroup(region, targetGroupArn).deregister(targetId);
  }

  targetHealth(region: string, targetGroupArn: string, targetId: string): TargetHealthState {
    return this.targetGroup(region, targetGroupArn).health(targetId);
  }

  #byDnsName(dnsName: string): LoadBalancer | undefined {
    return this.#byName.get(normal(dnsName));
  }

  #byHost(region: string, host: string): LoadBalancer | undefined {
    const wanted = normal(host);
    const named = this.#byName.get(wanted);
    if (named?.region === region) return named;
    return this.in(region).find(({ hosts }) => hosts.some((known) => normal(known) === wanted));
  }

  #byApp(region: string, app: string | undefined): LoadBalancer | undefined {
    return this.in(region).find((balancer) => balancer.app === app);
  }

  #arn(region: string, path: string): string {
    return `arn:aws:elasticloadbalancing:${region}:${this.accountId}:${path}`;
  }
}

/** Names compare without case, port, final dot and the prefix of Route 53's alias targets. */
function normal(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .replace(/^dualstack\./, '');
}

const answerOf = (status: number, body: object): HttpAnswer => ({
  status,
  body: JSON.stringify(body),
});
