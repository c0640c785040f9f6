import { CallLog } from './call-log.ts';
import { CloudHub } from './cloud-hub.ts';
import { Faults, UnreachableError } from './faults.ts';
import { Keyring } from './iam/keyring.ts';
import { RolePolicies } from './iam/role-policies.ts';
import { accessDeniedCode } from './service-errors.ts';
import { ServiceError } from './service-model.ts';
import type { Call, Operation, Principal, Service } from './service-model.ts';
import type { World } from './world.ts';

export interface CloudOptions {
  readonly world: World;
  readonly accountId: string;
  readonly regions: readonly string[];
}

/** One API call as a door hands it over. */
export interface CloudCall {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly region: string;
  readonly principal: Principal;
}

/** An operation whose input and output the door vouches for, not the compiler. */
type AnyOperation = Operation<object>;

interface Route {
  readonly service: Service;
  readonly operation: AnyOperation;
  /** Where the call arrives: the control plane's region for a global service. */
  readonly region: string;
}

/** The one way into the service models: faults, permissions and the call log stand before each. */
export class Cloud {
  readonly world: World;
  readonly accountId: string;
  readonly regions: readonly string[];
  readonly faults: Faults;
  /** What models are given to reach each other; `buildCloud` connects it. */
  readonly hub: CloudHub;
  readonly iam: RolePolicies;
  readonly keys = new Keyring();
  readonly calls = new CallLog();
  readonly #services = new Map<string, Service>();
  #requests = 0;

  constructor(options: CloudOptions) {
    this.world = options.world;
    this.accountId = options.accountId;
    this.regions = options.regions;
    this.faults = new Faults(options.world);
    this.hub = new CloudHub(this.faults);
    this.iam = new RolePolicies(options.accountId);
  }

  register(service: Service): void {
    this.#services.set(service.id, service);
  }

  service(id: string): Service | undefined {
    return this.#services.get(id);
  }

  /** Whether this cloud has the region. */
  hasRegion(region: string): boolean {
    return this.regions.includes(region);
  }

  /** Dummy credentials whose access key stands for a role in a region, as a function gets them. */
  credentialsFor(principal: Principal): {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  } {
    return this.keys.credentialsFor(principal);
  }

  /**
   * Runs one API call.
   * @throws ServiceError as AWS would answer it; UnreachableError when no answer would come.
   */
  async call(request: CloudCall): Promise<unknown> {
    const count = (++this.#requests).toString(16).padStart(12, '0');
    const requestId = `00000000-0000-4000-8000-${count}`;
    const entry = this.calls.begin({
      requestId,
      atMs: this.world.nowMs(),
      service: request.service,
      operation: request.operation,
      region: request.region,
      principal: request.principal,
    });
    try {
      const output = await this.#run(request, requestId);
      entry.end('ok');
      return output;
    } catch (error) {
      entry.end(error instanceof Error ? error.name : 'Error');
      throw error;
    }
  }

  async #run(request: CloudCall, requestId: string): Promise<unknown> {
    const { principal, input } = request;
    const route = this.#route(request);
    const target = { service: request.service, operation: request.operation, region: route.region };
    this.faults.refuse(target, principal.region, route.service.controlPlaneRegion !== undefined);
    const latencyMs = this.faults.latencyMs(target);
    if (latencyMs > 0) await this.#pass(latencyMs);
    const call: Call = {
      world: this.world,
      region: route.region,
      accountId: this.accountId,
      principal,
      requestId,
    };
    this.#authorize(route, request, call);
    const output = await route.operation.handle(input, call);
    if (this.faults.losesResponse(target)) {
      throw new UnreachableError(`the answer of ${request.service}:${request.operation} was lost`);
    }
    return output;
  }

  #route(request: CloudCall): Route {
    const service = this.#services.get(request.service);
    if (service === undefined) {
      const known = [...this.#services.keys()].sort().join(', ');
      throw new ServiceError(
        'UnknownOperationException',
        `The local cloud does not implement the service ${request.service}; it has ${known}.`,
      );
    }
    const operation = Object.hasOwn(service.operations, request.operation)
      ? (service.operations[request.operation] as AnyOperation | undefined)
      : undefined;
    if (operation === undefined) {
      throw new ServiceError(
        'UnknownOperationException',
        `The local cloud does not implement ${request.service}:${request.operation}.`,
      );
    }
    const region = service.controlPlaneRegion ?? request.region;
    if (service.controlPlaneRegion === undefined && !this.hasRegion(region)) {
      throw new ServiceError(
        'UnrecognizedClientException',
        `The local cloud has no region ${region}; it has ${this.regions.join(', ')}.`,
      );
    }
    return { service, operation, region };
  }

  #authorize(route: Route, request: CloudCall, call: Call): void {
    const { roleArn } = call.principal;
    if (roleArn === undefined) return;
    const { operation, service } = route;
    if (operation.isOpen === true) return;
    const main = {
      action: operation.action ?? `${service.iamPrefix}:${request.operation}`,
      resources: operation.resources(request.input, call),
      conditions: operation.conditions?.(request.input, call) ?? {},
    };
    const more = operation.alsoNeeds?.(request.input, call) ?? [];
    for (const access of [main, ...more]) {
      const decision = this.iam.decide(roleArn, call.region, access);
      if (decision.allowed) continue;
      throw new ServiceError(accessDeniedCode(service.id), decision.text, {
        httpStatus: accessDeniedCode(service.id) === 'AccessDeniedException' ? 400 : 403,
      });
    }
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.after(ms, 'latency', resolve);
    });
  }
}
