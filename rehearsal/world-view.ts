import { journalAttributes, type JournalKey, journalKeys } from '../core/contract/journal.ts';
import { journalRegions } from '../core/contract/fleet-rules.ts';
import type { Application, FleetService } from '../core/contract/fleet.ts';
import { functions } from '../core/contract/functions.ts';
import { names } from '../core/contract/names.ts';
import { repositoryIn } from '../core/contract/repository-in.ts';
import { digestOf } from '../core/image-uri.ts';
import type { TaggedImage } from '../core/ports.ts';
import type { DecisionRecord } from '../core/decision.ts';
import type { FailoverState } from '../core/failover/failover-state.ts';
import type { EcsService, Task } from '../sandbox/services/ecs/ecs-state.ts';
import { tasksOf } from '../sandbox/services/ecs/ecs-state.ts';
import type { InboxMessage } from '../sandbox/services/sns/sns-model.ts';
import type { RehearsedCloud } from './rehearsed-cloud.ts';

/** A service as the fleet file names it. */
interface FleetServiceOf {
  readonly app: string;
  /** Its short name in the fleet file. */
  readonly name: string;
  /** Its name in ECS. */
  readonly service: string;
  readonly min: number;
  readonly max: number;
}

/** Looks at a rehearsed cloud from outside, past every fault: what is so, not what is seen. */
export class WorldView {
  readonly cloud: RehearsedCloud;
  readonly #parsed = new WeakMap<object, unknown>();

  constructor(cloud: RehearsedCloud) {
    this.cloud = cloud;
  }

  /** Time since the beginning, ms. */
  nowMs(): number {
    return this.cloud.built.cloud.world.nowMs() - this.cloud.startMs;
  }

  application(app: string): Application {
    const found = this.cloud.fleet.applications[app];
    if (found === undefined) throw new Error(`the fleet has no application ${app}`);
    return found;
  }

  /** A service by its short name; the first one when none is named. */
  serviceOf(app: string, service: string | undefined): FleetService {
    const { services } = this.application(app);
    const found = service === undefined ? Object.values(services)[0] : services[service];
    if (found === undefined) throw new Error(`${app} has no service ${service ?? ''}`);
    return found;
  }

  /** Region that a client is led to, `nowhere`, or the address of no region. */
  answeredRegion(app: string, resolver: string | undefined): { region: string; ttlMs: number } {
    const { traffic } = this.application(app);
    const { route53, elasticloadbalancingv2: balancers } = this.cloud.built.models;
    const from = resolver === undefined ? {} : { resolver };
    const { records } = route53.answer(traffic?.record ?? '', 'A', from);
    const address = records.find(({ type }) => type === 'A');
    const region = balancers.regionAt(address?.value ?? '');
    return { region: region ?? 'nowhere', ttlMs: (address?.ttl ?? 0) * 1_000 };
  }

  failover(app: string): FailoverState {
    const active = this.application(app).regions[0] ?? '';
    const found = this.#document(journalKeys.failover(app)) as FailoverState | undefined;
    return found ?? { active, epoch: 0, phase: 'steady', flips: [], requests: [] };
  }

  /** A document of the journal, of the type that stands beside the code that writes it. */
  document(key: JournalKey): unknown {
    return this.#document(key);
  }

  /** Every document and record that the journal holds now, with its key. */
  documents(): readonly { readonly key: JournalKey; readonly body: unknown }[] {
    return Object.keys(this.cloud.fleet.applications).flatMap((app) =>
      [journalKeys.appPartition(app), journalKeys.recordPartition(app)].flatMap((partition) =>
        this.#store()
          .partition({ S: partition })
          .map((item) => {
            const sort = item[journalAttributes.sort]?.S ?? '';
            return { key: { partition, sort }, body: this.#bodyOf(item) };
          }),
      ),
    );
  }

  /** Every decision in the journal, oldest first. */
  records(): readonly DecisionRecord[] {
    return Object.keys(this.cloud.fleet.applications)
      .flatMap((app) => this.#partition(journalKeys.recordPartition(app)) as DecisionRecord[])
      .sort((one, other) => one.atMs - other.atMs);
  }

  /** @param nameOrArn of an ECS service, which the fleet names */
  fleetService(nameOrArn: string): FleetServiceOf {
    const services = Object.entries(this.cloud.fleet.applications).flatMap(([app, of]) =>
      Object.entries(of.services).map(([name, { service, min, max }]) => {
        return { app, name, service, min, max };
      }),
    );
    const found = services.find(
      ({ service }) => nameOrArn === service || nameOrArn.endsWith(`/${service}`),
    );
    if (found === undefined) throw new Error(`Farshore changed ${nameOrArn}, which is not its own`);
    return found;
  }

  /** The digest that a task definition is pinned to. */
  digestIn(region: string, taskDefinition: string): string | undefined {
    const revision = this.cloud.built.models.ecs.taskDefinitions.find(region, taskDefinition);
    const [container] = revision?.definition.containerDefinitions ?? [];
    return digestOf(container?.image ?? '');
  }

  ecsService(app: string, region: string, service: string | undefined): EcsService {
    const { cluster, service: name } = this.serviceOf(app, service);
    const found = this.cloud.built.models.ecs.findService(region, cluster, name);
    if (found === undefined) throw new Error(`${name} is missing in ${region}`);
    return found;
  }

  tasks(app: string, region: string, service: string | undefined): readonly Task[] {
    const all = tasksOf(this.ecsService(app, region, service));
    return all.filter(({ status }) => status === 'RUNNING');
  }

  /** Whether a region answers users, or at least somebody in another region. */
  isReached(region: string): boolean {
    const { faults, regions } = this.cloud.built.cloud;
    if (!faults.isUp(region)) return false;
    const others = regions.filter((other) => other !== region);
    return [undefined, ...others].some((from) => faults.canReach(from, region));
  }

  /** Whether functions in a region come to an end, and somebody hears of it. */
  canAct(region: string): boolean {
    const isKilled = this.cloud.built.cloud.faults
      .list()
      .some((fault) => fault.kind === 'function-kill' && fault.region === region);
    return this.isReached(region) && !isKilled;
  }

  /** Whether a region is reached and every service of an application is healthy there. */
  isWell(app: string, region: string): boolean {
    if (!this.isReached(region)) return false;
    return Object.keys(this.application(app).services).every((service) =>
      this.tasks(app, region, service).some(({ isHealthy }) => isHealthy),
    );
  }

  /** Digests that the running tasks of an application run in a region. */
  digests(app: string, region: string): readonly string[] {
    const services = Object.keys(this.application(app).services);
    const tasks = services.flatMap((service) => this.tasks(app, region, service));
    const digests = tasks.flatMap(({ containers }) =>
      containers.flatMap(({ imageDigest }) => imageDigest ?? []),
    );
    return [...new Set(digests)].sort();
  }

  /** The digest that a tag names in a region. */
  tagged(app: string, region: string, tag: string): string | undefined {
    const repository = repositoryIn(this.application(app), region);
    return this.cloud.built.models.ecr.find(region, repository)?.tags.get(tag);
  }

  /** Every tag of an application's repository in a region. */
  tags(app: string, region: string): readonly TaggedImage[] {
    const repository = repositoryIn(this.application(app), region);
    const found = this.cloud.built.models.ecr.find(region, repository);
    return [...(found?.tags ?? [])].map(([tag, digest]) => {
      return { tag, digest, pushedAtMs: found?.images.get(digest)?.pushedAtMs ?? 0 };
    });
  }

  /** What Farshore told people, oldest first. */
  notices(): readonly InboxMessage[] {
    const inbox = this.cloud.built.models.sns.inbox();
    return inbox.filter(({ attributes }) => attributes['kind'] !== undefined);
  }

  deadLetters(region: string): number {
    const { fleet, built } = this.cloud;
    const counts = Object.keys(functions).map((name) => {
      const queue = built.models.sqs.find(region, names.deadLetterQueue(fleet.name, name));
      const { visible = 0, inFlight = 0, delayed = 0 } = queue?.counts() ?? {};
      return visible + inFlight + delayed;
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }

  #document(key: JournalKey): unknown {
    const item = this.#store().get({
      [journalAttributes.partition]: { S: key.partition },
      [journalAttributes.sort]: { S: key.sort },
    });
    return item === undefined ? undefined : this.#bodyOf(item);
  }

  #partition(partition: string): readonly unknown[] {
    return this.#store()
      .partition({ S: partition })
      .map((item) => this.#bodyOf(item));
  }

  /** An item is never changed in place, so each is parsed once. */
  #bodyOf(item: Readonly<Record<string, { readonly S?: string | undefined }>>): unknown {
    const known = this.#parsed.get(item);
    if (known !== undefined) return known;
    const body = JSON.parse(item[journalAttributes.body]?.S ?? 'null') as unknown;
    this.#parsed.set(item, body);
    return body;
  }

  #store() {
    const { fleet, built } = this.cloud;
    const [region = ''] = journalRegions(fleet).replicas;
    return built.models.dynamodb.describe(region, names.journalTable(fleet.name)).store;
  }
}
