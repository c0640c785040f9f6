import { ServiceError } from '../../service-model.ts';
import type { Hub, Operation, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { answerQuestion } from './answer-question.ts';
import type { DnsAnswer, DnsAuthority } from './answer-question.ts';
import { HealthCheckers } from './health-checkers.ts';
import { createHealthCheck, deleteHealthCheck } from './health-check-operations.ts';
import { getHealthCheck, getHealthCheckStatus } from './health-check-operations.ts';
import { listHealthChecks } from './health-check-operations.ts';
import { bareId, newZone, normalName, publish } from './hosted-zone.ts';
import type { HostedZone, RecordSets } from './hosted-zone.ts';
import { changeResourceRecordSets, getChange } from './record-operations.ts';
import { listResourceRecordSets } from './list-record-sets.ts';
import { changeTagsForResource, listTagsForResource } from './tag-operations.ts';
import { TargetSights } from './target-sights.ts';
import { testDnsAnswer } from './test-dns-answer.ts';
import { updateHealthCheck } from './update-health-check.ts';
import { createHostedZone, deleteHostedZone, getHostedZone } from './zone-operations.ts';
import { listHostedZones, listHostedZonesByName } from './zone-operations.ts';

interface Options {
  readonly accountId: string;
  /** From an accepted change to its answers, in ms; AWS says up to 60 s. */
  readonly propagationMs?: number;
  /** Checkers that look at each endpoint; at least 3, as Route 53 asks for. */
  readonly checkersMax?: number;
}

/** Short, so that a laptop is not kept waiting, but not at once. */
const PROPAGATION_MS = 5_000;
const CHECKERS_MAX = 3;
/** Changes that `GetChange` still knows. */
const CHANGES_MAX = 1_000;

export interface SubmittedChange {
  readonly id: string;
  readonly submittedMs: number;
  readonly comment: string | undefined;
}

/** Route 53: zones and checks behind a control plane in us-east-1, answers that need none. */
export class Route53Model {
  readonly world: World;
  readonly hub: Hub;
  readonly accountId: string;
  readonly service: Service;
  readonly zones = new Map<string, HostedZone>();
  readonly changes = new Map<string, SubmittedChange>();
  readonly checkers: HealthCheckers;
  /** Caller references of checks, deleted ones too: Route 53 does not take them twice. */
  readonly usedReferences = new Map<string, string>();
  readonly propagationMs: number;
  readonly #targets: TargetSights;

  constructor(world: World, hub: Hub, options: Options) {
    this.world = world;
    this.hub = hub;
    this.accountId = options.accountId;
    this.propagationMs = options.propagationMs ?? PROPAGATION_MS;
    this.#targets = new TargetSights(world, hub);
    this.checkers = new HealthCheckers(world, hub, options.checkersMax ?? CHECKERS_MAX);
    this.service = {
      id: 'route53',
      iamPrefix: 'route53',
      controlPlaneRegion: 'us-east-1',
      operations: operationsOf(this),
    };
  }

  /** Puts a zone of the user's own there, if it is not there yet: applications share zones. */
  seedHostedZone(id: string, name: string): void {
    if (this.zones.has(bareId(id))) return;
    const zone = { id: bareId(id), name: normalName(name), callerReference: id };
    this.zones.set(zone.id, newZone({ ...zone, comment: undefined }));
  }

  /**
   * What the name servers answer; works while the control plane is down.
   * @param options.resolver AWS region nearest to whoever asks, for latency records
   */
  answer(name: string, type: string, options: { readonly resolver?: string } = {}): DnsAnswer {
    return answerQuestion(
      {
        zones: () => [...this.zones.values()],
        targets: this.#targets,
        addressOf: (dnsName) => this.hub.addressOf(dnsName),
        isCheckHealthy: (id) => this.checkers.isHealthy(id),
        random: () => this.world.random.next(),
        clientRegion: options.resolver,
      },
      { name, type },
    );
  }

  /** What the DNS port serves: the zones, and the own names of load balancers. */
  authority(): DnsAuthority {
    return {
      answer: (name, type) => this.answer(name, type),
      addressOf: (dnsName) => this.hub.addressOf(dnsName),
    };
  }

  /** Route 53's verdict on a health check, inversion and children included. */
  isHealthy(healthCheckId: string): boolean {
    return this.checkers.isHealthy(healthCheckId);
  }

  /** @throws ServiceError NoSuchHostedZone */
  zone(id: string | undefined): HostedZone {
    const zone = this.zones.get(bareId(id));
    if (zone !== undefined) return zone;
    throw new ServiceError('NoSuchHostedZone', `No hosted zone found with ID: ${bareId(id)}`, {
      httpStatus: 404,
    });
  }

  /** Takes over the records of a zone; the name servers follow when the change is in sync. */
  submit(zone: HostedZone, records: RecordSets, comment: string | undefined): SubmittedChange {
    zone.records = records;
    const change = {
      id: `C${this.world.random.hex(14).toUpperCase()}`,
      submittedMs: this.world.nowMs(),
      comment,
    };
    this.changes.set(change.id, change);
    const [oldest] = this.changes.keys();
    if (oldest !== undefined && this.changes.size > CHANGES_MAX) this.changes.delete(oldest);
    this.world.after(this.propagationMs, `route 53 change ${change.id}`, () => {
      zone.published = publish(records, zone.name);
    });
    return change;
  }
}

function operationsOf(model: Route53Model): Readonly<Record<string, Operation>> {
  return {
    CreateHostedZone: createHostedZone(model),
    DeleteHostedZone: deleteHostedZone(model),
    GetHostedZone: getHostedZone(model),
    ListHostedZones: listHostedZones(model),
    ListHostedZonesByName: listHostedZonesByName(model),
    ChangeResourceRecordSets: changeResourceRecordSets(model),
    ListResourceRecordSets: listResourceRecordSets(model),
    GetChange: getChange(model),
    CreateHealthCheck: createHealthCheck(model),
    GetHealthCheck: getHealthCheck(model),
    ListHealthChecks: listHealthChecks(model),
    UpdateHealthCheck: updateHealthCheck(model),
    DeleteHealthCheck: deleteHealthCheck(model),
    GetHealthCheckStatus: getHealthCheckStatus(model),
    ChangeTagsForResource: changeTagsForResource(model),
    ListTagsForResource: listTagsForResource(model),
    TestDNSAnswer: testDnsAnswer(model),
  };
}
