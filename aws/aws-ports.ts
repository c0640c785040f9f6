import type { Fleet } from '../core/contract/fleet.ts';
import type { Clock, Ids, Logger, Ports } from '../core/ports.ts';
import { type Clients, clients as makeClients } from './clients.ts';
import { CloudWatchAlarms } from './cloudwatch-alarms.ts';
import { DynamoDbJournal } from './dynamodb-journal.ts';
import type { Fetch } from './ecr-layer-download.ts';
import { ecrImages } from './ecr-registry.ts';
import { EcsServices } from './ecs-services.ts';
import { EventBridgeEvents } from './eventbridge-events.ts';
import { HttpProbes, type Resolver } from './http-probes.ts';
import { LambdaHooks } from './lambda-hooks.ts';
import { S3Latch } from './s3-latch.ts';
import { SnsNotifier } from './sns-notifier.ts';
import { type QueueUrls, SqsWakes } from './sqs-wakes.ts';
import { systemClock, systemIds } from './system-clock.ts';

export interface AwsPortsOptions {
  readonly fleet: Fleet;
  /** The region this runs in, or acts from. */
  readonly region: string;
  readonly accountId: string;
  readonly journalTable: string;
  /** Regions that hold the journal, the nearest first. */
  readonly journalRegions: readonly string[];
  readonly busName: string;
  readonly topicArn: string;
  /** Queues that may be woken from here; a loop that is not named cannot be. */
  readonly queues: QueueUrls;
  readonly logger: Logger;
  /** What stands in for the machine and for AWS; by default both are real. */
  readonly clients?: Clients;
  readonly fetch?: Fetch;
  readonly resolver?: Resolver;
  readonly clock?: Clock;
  readonly ids?: Ids;
}

/** Every port of the control plane on AWS, in a function as well as on a laptop. */
export function awsPorts(options: AwsPortsOptions): Ports {
  const { fleet, region, accountId, logger } = options;
  const clients = options.clients ?? makeClients();
  const fetch = options.fetch ?? globalThis.fetch;
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? systemIds;
  return {
    clock,
    ids,
    logger,
    region,
    accountId,
    journal: new DynamoDbJournal({
      client: clients.dynamodb,
      table: options.journalTable,
      regions: options.journalRegions,
      ids,
    }),
    notifier: new SnsNotifier(clients.sns(region), options.topicArn),
    wakes: new SqsWakes(clients.sqs(region), options.queues),
    images: ecrImages(clients.ecr, fetch),
    services: new EcsServices({ ecs: clients.ecs, elb: clients.elb }),
    alarms: new CloudWatchAlarms(clients.cloudwatch, clock),
    latch: new S3Latch({ client: clients.s3, fleet, accountId }),
    probes: new HttpProbes(fetch, options.resolver),
    hooks: new LambdaHooks(clients.lambda),
    events: new EventBridgeEvents(clients.eventbridge(region), options.busName),
  };
}
