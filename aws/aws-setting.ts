import type { Fleet } from '../core/contract/fleet.ts';
import type { Clock, Ids, Logger } from '../core/ports.ts';
import type { ClientOptions } from './clients.ts';
import type { Fetch } from './ecr-layer-download.ts';
import type { Ask, Resolver } from './outside-world.ts';
import type { QueueUrls } from './sqs-wakes.ts';

/** Where the control plane runs, or acts from: all that its adapters are composed from. */
export interface AwsSetting extends StandIns {
  readonly fleet: Fleet;
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
}

/** What stands in for the machine and for AWS; by default both are real. */
export interface StandIns {
  readonly clients?: ClientOptions;
  readonly fetch?: Fetch;
  readonly ask?: Ask;
  readonly resolver?: Resolver;
  readonly clock?: Clock;
  readonly ids?: Ids;
}
