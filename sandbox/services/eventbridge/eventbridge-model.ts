import { ServiceError } from '../../service-model.ts';
import type { AwsEvent, Hub, Operation, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { createEventBus, deleteEventBus, describeEventBus } from './bus-operations.ts';
import { listEventBuses, putPermission, removePermission } from './bus-operations.ts';
import { deliverEvent } from './deliver-event.ts';
import { busNameOf, eventTime } from './event-bus.ts';
import type { EventBus, EventEnvelope, Hops, Rule } from './event-bus.ts';
import { putEvents } from './put-events.ts';
import { deleteRule, describeRule, disableRule } from './rule-operations.ts';
import { enableRule, listRules, putRule } from './rule-operations.ts';
import { listTargetsByRule, putTargets, removeTargets } from './target-operations.ts';
import { testEventPattern } from './test-event-pattern.ts';

const noHops: Hops = { local: false, regional: false };

/** EventBridge: a default bus in every region, custom buses, rules and their targets. */
export class EventBridgeModel {
  readonly world: World;
  readonly hub: Hub;
  readonly accountId: string;
  readonly service: Service;
  readonly #regions = new Map<string, Map<string, EventBus>>();

  constructor(world: World, hub: Hub, options: { readonly accountId: string }) {
    this.world = world;
    this.hub = hub;
    this.accountId = options.accountId;
    this.service = { id: 'eventbridge', iamPrefix: 'events', operations: operationsOf(this) };
  }

  /** Puts an event of an AWS service on the default bus; lost while the region is down. */
  putAwsEvent(region: string, event: AwsEvent): void {
    this.accept(region, 'default', {
      version: '0',
      id: this.world.random.uuid(),
      'detail-type': event.detailType,
      source: event.source,
      account: this.accountId,
      time: eventTime(this.world.nowMs()),
      region,
      resources: event.resources,
      detail: event.detail,
    });
  }

  /** Takes an event on a bus and starts its deliveries. An unknown bus drops it, as in AWS. */
  accept(region: string, busName: string, event: EventEnvelope, hops: Hops = noHops): void {
    if (!this.hub.isUp(region)) return;
    const bus = this.buses(region).get(busName);
    if (bus === undefined) return;
    for (const rule of bus.rules.values()) {
      if (!rule.isEnabled || !rule.matches(event)) continue;
      for (const target of rule.targets.values()) {
        deliverEvent(this, { region, rule, target, event, hops });
      }
    }
  }

  /** Every bus of a region; the default bus is always there. */
  buses(region: string): Map<string, EventBus> {
    const known = this.#regions.get(region);
    if (known !== undefined) return known;
    const buses = new Map<string, EventBus>();
    this.#regions.set(region, buses);
    this.addBus(region, 'default', undefined);
    return buses;
  }

  addBus(region: string, name: string, description: string | undefined): EventBus {
    const bus: EventBus = {
      name,
      arn: this.busArn(region, name),
      description,
      createdMs: this.world.nowMs(),
      policy: undefined,
      rules: new Map(),
    };
    this.buses(region).set(name, bus);
    return bus;
  }

  /**
   * A bus by name or ARN, the default one when neither is given.
   * @throws ServiceError ResourceNotFoundException
   */
  bus(region: string, nameOrArn: string | undefined): EventBus {
    const name = busNameOf(nameOrArn);
    const bus = this.buses(region).get(name);
    if (bus !== undefined) return bus;
    throw new ServiceError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
  }

  /** @throws ServiceError ResourceNotFoundException */
  rule(region: string, bus: string | undefined, name: string | undefined): Rule {
    const rule = this.bus(region, bus).rules.get(name ?? '');
    if (rule !== undefined) return rule;
    throw new ServiceError(
      'ResourceNotFoundException',
      `Rule ${name ?? ''} does not exist on EventBus ${busNameOf(bus)}.`,
    );
  }

  busArn(region: string, bus: string | undefined): string {
    return `arn:aws:events:${region}:${this.accountId}:event-bus/${busNameOf(bus)}`;
  }

  /** The default bus has no name in its rules' ARNs. */
  ruleArn(region: string, bus: string | undefined, rule: string | undefined): string {
    const busName = busNameOf(bus);
    const path = busName === 'default' ? (rule ?? '') : `${busName}/${rule ?? ''}`;
    return `arn:aws:events:${region}:${this.accountId}:rule/${path}`;
  }
}

function operationsOf(model: EventBridgeModel): Readonly<Record<string, Operation>> {
  return {
    CreateEventBus: createEventBus(model),
    DeleteEventBus: deleteEventBus(model),
    DescribeEventBus: describeEventBus(model),
    ListEventBuses: listEventBuses(model),
    PutPermission: putPermission(model),
    RemovePermission: removePermission(model),
    PutRule: putRule(model),
    DescribeRule: describeRule(model),
    ListRules: listRules(model),
    EnableRule: enableRule(model),
    DisableRule: disableRule(model),
    DeleteRule: deleteRule(model),
    PutTargets: putTargets(model),
    ListTargetsByRule: listTargetsByRule(model),
    RemoveTargets: removeTargets(model),
    PutEvents: putEvents(model),
    TestEventPattern: testEventPattern(),
  };
}
