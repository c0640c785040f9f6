import type { AttributeDefinition, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import type { Call, Hub, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { createTable } from './create-table.ts';
import { deleteItem } from './delete-item.ts';
import { describeTable } from './describe-table.ts';
import { noQuorum, notImplemented, tableNotFound, validation } from './dynamodb-errors.ts';
import { getItem } from './get-item.ts';
import { listTables } from './list-tables.ts';
import { checkMultiRegionSet } from './multi-region-set.ts';
import { putItem } from './put-item.ts';
import { query } from './query.ts';
import { scan } from './scan.ts';
import { Table, type TableOptions } from './table.ts';
import { transactGetItems, transactWriteItems } from './transactions.ts';
import { updateItem } from './update-item.ts';

export interface GlobalTableOptions {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  /** Regions that hold the items. */
  readonly replicas: readonly string[];
  /** A region that only takes part in the majority. */
  readonly witness?: string | undefined;
  readonly consistency: 'STRONG' | 'EVENTUAL';
}

/** DynamoDB tables: of one region, or global with multi-region strong consistency. */
export class DynamoDbModel {
  readonly service: Service;
  readonly #world: World;
  readonly #hub: Hub;
  readonly #accountId: string;
  readonly #tables = new Map<string, Map<string, Table>>();

  constructor(world: World, hub: Hub, options: { readonly accountId: string }) {
    this.#world = world;
    this.#hub = hub;
    this.#accountId = options.accountId;
    this.service = {
      id: 'dynamodb',
      iamPrefix: 'dynamodb',
      operations: {
        CreateTable: createTable(this),
        DescribeTable: describeTable(this),
        ListTables: listTables(this),
        GetItem: getItem(this),
        PutItem: putItem(this),
        UpdateItem: updateItem(this),
        DeleteItem: deleteItem(this),
        Query: query(this),
        Scan: scan(this),
        TransactWriteItems: transactWriteItems,
        TransactGetItems: transactGetItems,
      },
    };
  }

  createRegionalTable(
    region: string,
    options: Omit<TableOptions, 'createdAtMs' | 'id' | 'global'>,
  ): Table {
    return this.#place(this.#newTable(options), [region]);
  }

  /** A table that CloudFormation makes with its replicas; with one replica it is regional. */
  createGlobalTable(options: GlobalTableOptions): void {
    const { replicas, witness, consistency, ...schema } = options;
    if (replicas.length === 1 && witness === undefined) {
      this.#place(this.#newTable(schema), replicas);
      return;
    }
    if (consistency !== 'STRONG') {
      throw notImplemented('global tables with eventual consistency');
    }
    checkMultiRegionSet(replicas, witness);
    this.#place(this.#newTable({ ...schema, global: { replicas, witness } }), replicas);
  }

  /** The table as its control plane knows it; accepts an ARN for a name. */
  describe(region: string, nameOrArn: string | undefined): Table {
    const name = tableName(nameOrArn);
    const table = this.#tables.get(region)?.get(name);
    if (table === undefined) throw tableNotFound(name);
    return table;
  }

  /** The table for reading or writing items: a global one needs its majority. */
  items(call: Call, nameOrArn: string | undefined): Table {
    const table = this.#tables.get(call.region)?.get(tableName(nameOrArn));
    if (table === undefined) throw tableNotFound();
    if (table.options.global !== undefined && !this.#hasQuorum(table, call.region)) {
      throw noQuorum();
    }
    return table;
  }

  tableNames(region: string): readonly string[] {
    return [...(this.#tables.get(region)?.keys() ?? [])].sort();
  }

  arn(region: string, nameOrArn: string | undefined): string {
    return `arn:aws:dynamodb:${region}:${this.#accountId}:table/${tableName(nameOrArn)}`;
  }

  #newTable(options: Omit<TableOptions, 'createdAtMs' | 'id'>): Table {
    return new Table({
      ...options,
      createdAtMs: this.#world.nowMs(),
      id: this.#world.random.uuid(),
    });
  }

  #place(table: Table, regions: readonly string[]): Table {
    for (const region of regions) {
      const tables = this.#tables.get(region) ?? new Map<string, Table>();
      if (tables.has(table.options.name)) {
        throw validation(`Table already exists: ${table.options.name}`);
      }
      this.#tables.set(region, tables.set(table.options.name, table));
    }
    return table;
  }

  #hasQuorum(table: Table, region: string): boolean {
    const { replicas = [], witness } = table.options.global ?? {};
    if (!this.#hub.isUp(region)) return false;
    const others = [...replicas, ...(witness === undefined ? [] : [witness])];
    return others.some(
      (other) =>
        other !== region &&
        this.#hub.isUp(other) &&
        this.#hub.canReach(region, other) &&
        this.#hub.canReach(other, region),
    );
  }
}

function tableName(nameOrArn: string | undefined): string {
  if (nameOrArn === undefined || nameOrArn === '') {
    throw validation(
      "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: " +
        'Member must not be null',
    );
  }
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('table/')[1] ?? '') : nameOrArn;
}
