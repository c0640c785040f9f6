import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  MultiRegionConsistency,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Fleet } from '../core/contract/fleet.ts';
import { journalAttributes } from '../core/contract/journal.ts';
import { journalRegions } from '../core/contract/journal-regions.ts';
import { names } from '../core/contract/names.ts';

/** The region whose stack creates the journal: the first of the fleet that holds a replica. */
export function journalHome(fleet: Fleet): string {
  const { replicas } = journalRegions(fleet);
  const home = replicas.find((region) => region in fleet.regions);
  if (home !== undefined) return home;
  throw new Error(
    `No region of the fleet ${fleet.name} holds the journal (${replicas.join(', ')}): ` +
      'name at least one of its regions as coordination.regions.',
  );
}

export interface JournalTableProps {
  readonly fleet: Fleet;
}

/**
 * The journal: a DynamoDB global table with multi-region strong consistency, so that a conditional
 * write is one decision for all regions. It exists once, in the stack of its first region; every
 * other stack knows it by name. Taking the stack down leaves it standing, because it says which
 * region serves.
 */
export class JournalTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { fleet }: JournalTableProps) {
    super(scope, id);
    const home = journalHome(fleet);
    const { replicas, witness } = journalRegions(fleet);
    const others = replicas.filter((region) => region !== home);
    this.table = new TableV2(this, 'Table', {
      tableName: names.journalTable(fleet.name),
      partitionKey: { name: journalAttributes.partition, type: AttributeType.STRING },
      sortKey: { name: journalAttributes.sort, type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      // A fleet of one region has nobody to agree with, and one region cannot be a global table.
      ...(others.length === 0 ? {} : { multiRegionConsistency: MultiRegionConsistency.STRONG }),
      replicas: others.map((region) => ({ region })),
      ...(witness === undefined ? {} : { witnessRegion: witness }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
