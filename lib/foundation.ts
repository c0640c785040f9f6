import { Aws } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Fleet } from '../core/contract/fleet.ts';
import { journalRegions } from '../core/contract/journal-regions.ts';
import type { FunctionEnv, FunctionName } from '../core/contract/functions.ts';
import { names } from '../core/contract/names.ts';
import { arns } from './arns.ts';
import { journalHome, JournalTable } from './journal-table.ts';
import { Notices } from './notices.ts';
import type { Permission } from './permission.ts';

export interface FoundationProps {
  readonly fleet: Fleet;
  readonly region: string;
}

type CommonKey = Exclude<
  keyof FunctionEnv<'replicate-image'>,
  'QUEUE_URL' | 'DEAD_LETTER_QUEUE_URL'
>;

/** What every function of a region stands on: the journal, the event bus and the topic. */
export class Foundation extends Construct {
  readonly fleet: Fleet;
  readonly region: string;
  readonly bus: EventBus;
  readonly notices: Notices;
  /** What every function may do, whichever loop it runs. */
  readonly permissions: readonly Permission[];
  readonly #journalRegions: readonly string[];

  constructor(scope: Construct, id: string, { fleet, region }: FoundationProps) {
    super(scope, id);
    this.fleet = fleet;
    this.region = region;
    const journal = journalRegions(fleet);
    this.#journalRegions = nearestFirst(journal.replicas, region);
    if (region === journalHome(fleet)) new JournalTable(this, 'Journal', { fleet });
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: names.bus(fleet.name),
      description: `Farshore's own events and the requests of operators of the fleet ${fleet.name}`,
    });
    this.notices = new Notices(this, 'Notices', { fleet });
    this.permissions = [journalPermission(fleet, journal.replicas), ...this.notices.permissions];
  }

  /** The part of the environment that all functions share. */
  environment(name: FunctionName): Record<CommonKey, string> {
    return {
      JOURNAL_TABLE: names.journalTable(this.fleet.name),
      JOURNAL_REGIONS: this.#journalRegions.join(','),
      BUS_NAME: this.bus.eventBusName,
      TOPIC_ARN: this.notices.topic.topicArn,
      ACCOUNT_ID: Aws.ACCOUNT_ID,
      POWERTOOLS_SERVICE_NAME: name,
    };
  }
}

/** A function asks the journal in its own region and goes further only when that fails. */
function nearestFirst(regions: readonly string[], region: string): readonly string[] {
  if (!regions.includes(region)) return regions;
  return [region, ...regions.filter((other) => other !== region)];
}

function journalPermission(fleet: Fleet, regions: readonly string[]): Permission {
  return {
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    resources: regions.map((region) => arns.table(region, names.journalTable(fleet.name))),
    because: 'Every loop reads and writes its decisions in the journal, in any of its regions.',
  };
}
