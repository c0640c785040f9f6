import { journalAttributes } from '../../core/contract/journal.ts';
import type { DynamoDbModel } from '../../sandbox/services/dynamodb/dynamodb-model.ts';

export const JOURNAL_TABLE = 'journal';

/** The journal as it is deployed: one table in all these regions, strongly consistent. */
export function createJournalTable(model: DynamoDbModel, replicas: readonly string[]): void {
  const { partition, sort } = journalAttributes;
  model.createGlobalTable({
    name: JOURNAL_TABLE,
    keySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ],
    attributeDefinitions: [
      { AttributeName: partition, AttributeType: 'S' },
      { AttributeName: sort, AttributeType: 'S' },
    ],
    replicas,
    consistency: 'STRONG',
  });
}
