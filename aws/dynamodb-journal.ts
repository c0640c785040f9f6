import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { journalAttributes as names, type JournalKey } from '../core/contract/journal.ts';
import { messageOf } from '../core/errors.ts';
import type { Ids, Journal, Listed, ListOptions, Versioned } from '../core/ports.ts';
import { isConditionFailed, isConflict, isThrottled, isUnreachable } from './errors.ts';

export interface JournalOptions {
  readonly client: (region: string) => DynamoDBClient;
  readonly table: string;
  /** Regions that hold the table, the nearest first. */
  readonly regions: readonly string[];
  readonly ids: Ids;
}

type Item = Record<string, AttributeValue>;

/** Names the write that made an item, so a write whose answer was lost knows itself again. */
const WRITER = 'writer';

/** Another region writes the same item in this moment; it is done within a round trip. */
const CONFLICT_ATTEMPTS = 3;

/** Pages of 1 MiB that one list reads; a partition of decisions stays far below. */
const PAGES_MAX = 50;

/**
 * The journal on a DynamoDB global table with multi-region strong consistency. Every replica gives
 * the same answer, so when the nearest region is silent the next one is asked.
 */
export class DynamoDbJournal implements Journal {
  readonly #options: JournalOptions;
  /** The region that answered last: a silent one is not waited for a second time. */
  #preferred = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  async read<T>({ partition, sort }: JournalKey): Promise<Versioned<T> | undefined> {
    const answer = await this.#ask((client) =>
      client.send(
        new GetItemCommand({
          TableName: this.#options.table,
          Key: { [names.partition]: { S: partition }, [names.sort]: { S: sort } },
          ConsistentRead: true,
        }),
      ),
    );
    return answer.Item === undefined ? undefined : listed<T>(answer.Item);
  }

  async write(
    { partition, sort }: JournalKey,
    body: object,
    expectedVersion: number | undefined,
  ): Promise<boolean> {
    const writer = this.#options.ids.next();
    const item: Item = {
      [names.partition]: { S: partition },
      [names.sort]: { S: sort },
      [names.version]: { N: String((expectedVersion ?? 0) + 1) },
      [names.body]: { S: JSON.stringify(body) },
      [WRITER]: { S: writer },
    };
    const command = new PutItemCommand({
      TableName: this.#options.table,
      Item: item,
      ...condition(expectedVersion),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#ask((client) => put(client, command, writer));
  }

  async list<T>(partition: string, options: ListOptions = {}): Promise<readonly Listed<T>[]> {
    const found: Listed<T>[] = [];
    let from: Item | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const command = new QueryCommand({
        TableName: this.#options.table,
        ConsistentRead: true,
        ...keyCondition(partition, options.prefix),
        ScanIndexForward: options.newestFirst !== true,
        ...(options.limit === undefined ? {} : { Limit: options.limit - found.length }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      });
      const answer = await this.#ask((client) => client.send(command));
      found.push(...(answer.Items ?? []).map((item) => listed<T>(item)));
      from = answer.LastEvaluatedKey;
      if (from === undefined || found.length >= (options.limit ?? Infinity)) return found;
    }
    throw new Error(`journal: ${partition} has more than ${PAGES_MAX} pages; list it by prefix`);
  }

  /** Asks the regions in turn until one answers. */
  async #ask<Answer>(ask: (client: DynamoDBClient) => Promise<Answer>): Promise<Answer> {
    const { regions, client } = this.#options;
    const failures: unknown[] = [];
    for (let turn = 0; turn < regions.length; turn += 1) {
      const index = (this.#preferred + turn) % regions.length;
      const region = regions[index] ?? '';
      try {
        const answer = await ask(client(region));
        this.#preferred = index;
        return answer;
      } catch (error) {
        if (!isUnreachable(error) && !isThrottled(error)) throw error;
        failures.push(error);
      }
    }
    throw new AggregateError(
      failures,
      `The journal ${this.#options.table} answers in none of ${regions.join(', ')}: ` +
        failures.map(messageOf).join('; '),
    );
  }
}

async function put(
  client: DynamoDBClient,
  command: PutItemCommand,
  writer: string,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return isWrittenBy(error, writer);
      if (!isConflict(error) || attempt === CONFLICT_ATTEMPTS) throw error;
    }
  }
}

/** A condition also fails because our own write landed and only its answer was lost. */
function isWrittenBy(error: unknown, writer: string): boolean {
  const { Item } = error as { readonly Item?: Item };
  return Item?.[WRITER]?.S === writer;
}

function condition(expectedVersion: number | undefined) {
  if (expectedVersion === undefined) {
    return {
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': names.partition },
    };
  }
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': names.version },
    ExpressionAttributeValues: { ':version': { N: String(expectedVersion) } },
  };
}

function keyCondition(partition: string, prefix: string | undefined) {
  const byPartition = {
    KeyConditionExpression: '#pk = :pk',
    ExpressionAttributeNames: { '#pk': names.partition },
    ExpressionAttributeValues: { ':pk': { S: partition } },
  };
  if (prefix === undefined) return byPartition;
  return {
    KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
    ExpressionAttributeNames: { '#pk': names.partition, '#sk': names.sort },
    ExpressionAttributeValues: { ':pk': { S: partition }, ':prefix': { S: prefix } },
  };
}

function listed<T>(item: Item): Listed<T> {
  const sort = item[names.sort]?.S;
  const version = item[names.version]?.N;
  const body = item[names.body]?.S;
  if (sort === undefined || version === undefined || body === undefined) {
    const found = Object.keys(item).join(', ');
    throw new Error(`journal: an item has only ${found}; it was not written by Farshore`);
  }
  return { sort, version: Number(version), body: JSON.parse(body) as T };
}
