import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AttributeValue, QueryOutput } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { DynamoDbModel } from '../../../../sandbox/services/dynamodb/dynamodb-model.ts';
import { ModelBench, accountId } from '../model-bench.ts';

type Item = Record<string, AttributeValue>;

let bench: ModelBench;
let model: DynamoDbModel;

const schema = {
  keySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  attributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
} as const;

const Key = { pk: { S: 'app#shop' }, sk: { S: 'lease' } };
const stored: Item = {
  ...Key,
  version: { N: '4' },
  owner_name: { S: 'us-east-1/7' },
  labels: { SS: ['a', 'b'] },
  steps: { L: [{ S: 'scale' }, { S: 'data' }] },
  held: { M: { by: { S: 'rollout' }, since: { N: '12.50' } } },
  flag: { BOOL: true },
};

beforeEach(async () => {
  bench = new ModelBench();
  model = new DynamoDbModel(bench.world, bench.hub, { accountId });
  await bench.run(model.service, 'CreateTable', {
    TableName: 'journal',
    KeySchema: schema.keySchema,
    AttributeDefinitions: schema.attributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
  });
});

function run<Output = Record<string, unknown>>(
  operation: string,
  input: object,
  region = 'eu-west-1',
): Promise<Output> {
  return bench.run(model.service, operation, { TableName: 'journal', ...input }, { region });
}

async function item(): Promise<Item | undefined> {
  return (await run<{ Item?: Item }>('GetItem', { Key })).Item;
}

describe('conditions', () => {
  const values: Item = {
    ':four': { N: '4.0' },
    ':five': { N: '5' },
    ':us': { S: 'us-' },
    ':eu': { S: 'eu-' },
    ':a': { S: 'a' },
    ':data': { S: 'data' },
    ':labels': { SS: ['b', 'a'] },
    ':yes': { BOOL: true },
  };
  const cases: readonly [condition: string, holds: boolean][] = [
    ['version = :four', true],
    ['version <> :four', false],
    ['version < :five', true],
    ['version >= :five', false],
    ['version > :us', false],
    ['attribute_exists(version)', true],
    ['attribute_exists(absent)', false],
    ['attribute_not_exists(absent)', true],
    ['attribute_not_exists(held.absent)', true],
    ['begins_with(owner_name, :us)', true],
    ['begins_with(owner_name, :eu)', false],
    ['contains(labels, :a)', true],
    ['contains(steps, :data)', true],
    ['contains(owner_name, :us)', true],
    ['contains(owner_name, :eu)', false],
    ['size(steps) < :four', true],
    ['size(owner_name) > :five', true],
    ['version BETWEEN :four AND :five', true],
    ['version IN (:five, :four)', true],
    ['version IN (:five)', false],
    ['labels = :labels', true],
    ['flag = :yes', true],
    ['absent = :four', false],
    ['absent <> :four', true],
    ['NOT version = :five', true],
    ['version = :five OR version = :four AND attribute_exists(absent)', false],
    ['(version = :five OR version = :four) AND attribute_exists(pk)', true],
    ['not (version = :five or attribute_exists(absent))', true],
    ['steps[1] = :data', true],
    ['steps[2] = :data', false],
    ['#h.#by = :four', false],
  ];

  test.each(cases)('%s is %s', async (ConditionExpression, holds) => {
    await run('PutItem', { Item: stored });
    const used = Object.entries(values).filter(([name]) =>
      new RegExp(`${name}\\b`).test(ConditionExpression),
    );
    const input = {
      Item: { ...Key, version: { N: '9' } },
      ConditionExpression,
      ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
      ...(ConditionExpression.includes('#') && {
        ExpressionAttributeNames: { '#h': 'held', '#by': 'by' },
      }),
    };
    if (holds) await run('PutItem', input);
    else {
      await expect(run('PutItem', input)).rejects.toMatchObject({
        code: 'ConditionalCheckFailedException',
        message: 'The conditional request failed',
      });
    }
    expect((await item())?.['version']).toEqual({ N: holds ? '9' : '4' });
  });

  test('gives the item that stood in the way when it was asked for', async () => {
    await run('PutItem', { Item: stored });
    const put = {
      Item: stored,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    await expect(run('PutItem', put)).rejects.toMatchObject({
      members: { Item: { version: { N: '4' } } },
    });
  });

  const refused: readonly [condition: string, more: object, message: string][] = [
    [
      'status = :v',
      { ExpressionAttributeValues: { ':v': { S: '' } } },
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    ],
    [
      'version = :v',
      {},
      'Invalid ConditionExpression: An expression attribute value used in expression is not ' +
        'defined; attribute value: :v',
    ],
    [
      '#n = version',
      {},
      'Invalid ConditionExpression: An expression attribute name used in the document path is not ' +
        'defined; attribute name: #n',
    ],
    [
      'attribute_exists(pk)',
      { ExpressionAttributeValues: { ':v': { S: '' } } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
    ],
    [
      'attribute_type(pk, :v)',
      { ExpressionAttributeValues: { ':v': { S: 'S' } } },
      'The local cloud does not implement the function attribute_type in ConditionExpression. ' +
        'Use what docs/sandbox.md lists.',
    ],
    ['exists(pk)', {}, 'Invalid ConditionExpression: Invalid function name; function: exists'],
    [
      'version version',
      {},
      'Invalid ConditionExpression: Syntax error; token: "version", near: "version version"',
    ],
  ];

  test.each(refused)('rejects %s', async (ConditionExpression, more, message) => {
    const input = { Item: stored, ConditionExpression, ...more };
    await expect(run('PutItem', input)).rejects.toMatchObject({
      code: 'ValidationException',
      message,
    });
  });
});

describe('updates', () => {
  const cases: readonly [update: string, values: Item, changed: Item][] = [
    ['SET version = version + :v', { ':v': { N: '1' } }, { version: { N: '5' } }],
    ['SET version = version - :v', { ':v': { N: '0.1' } }, { version: { N: '3.9' } }],
    ['SET fresh = if_not_exists(fresh, :v)', { ':v': { S: 'x' } }, { fresh: { S: 'x' } }],
    ['SET version = if_not_exists(version, :v)', { ':v': { N: '1' } }, { version: { N: '4' } }],
    [
      'SET steps = list_append(steps, :v)',
      { ':v': { L: [{ S: 'traffic' }] } },
      { steps: { L: [{ S: 'scale' }, { S: 'data' }, { S: 'traffic' }] } },
    ],
    [
      'SET steps[0] = :v REMOVE flag',
      { ':v': { S: 'wait' } },
      { steps: { L: [{ S: 'wait' }, { S: 'data' }] } },
    ],
    ['REMOVE steps[0], held.since', {}, { steps: { L: [{ S: 'data' }] } }],
    ['ADD version :v', { ':v': { N: '2' } }, { version: { N: '6' } }],
    ['ADD fresh :v', { ':v': { N: '2' } }, { fresh: { N: '2' } }],
    ['ADD labels :v', { ':v': { SS: ['c', 'a'] } }, { labels: { SS: ['a', 'b', 'c'] } }],
    ['SET held.note = :v', { ':v': { S: 'n' } }, {}],
  ];

  test.each(cases)('%s', async (UpdateExpression, values, changed) => {
    await run('PutItem', { Item: stored });
    const output = await run<{ Attributes: Item }>('UpdateItem', {
      Key,
      UpdateExpression,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      ReturnValues: 'ALL_NEW',
    });
    expect(output.Attributes).toMatchObject(changed);
    expect(await item()).toEqual(output.Attributes);
  });

  test('makes an item that is not there, and gives back what it changed', async () => {
    const output = await run('UpdateItem', {
      Key,
      UpdateExpression: 'SET version = :one',
      ExpressionAttributeValues: { ':one': { N: '01' } },
      ReturnValues: 'UPDATED_NEW',
    });
    expect(output).toEqual({ Attributes: { version: { N: '1' } } });
    expect(await item()).toEqual({ ...Key, version: { N: '1' } });
  });

  const refused: readonly [update: string, values: Item, message: string | RegExp][] = [
    ['SET pk = :v', { ':v': { S: 'x' } }, /Cannot update attribute pk\. This attribute is part/],
    ['SET held.x.y = :v', { ':v': { S: 'x' } }, /document path provided .* is invalid for update/],
    ['SET version = absent', {}, /refers to an attribute that does not exist in the item/],
    ['SET flag = flag + :v', { ':v': { N: '1' } }, /operand .* has an incorrect data type/],
    ['SET held = :v, held.since = :v', { ':v': { S: 'x' } }, /Two document paths overlap/],
    ['DELETE labels :v', { ':v': { SS: ['a'] } }, /does not implement the clause DELETE/],
    ['SET flag = :v SET version = :v', { ':v': { N: '1' } }, /"SET" section can only be used once/],
  ];

  test.each(refused)('rejects %s', async (UpdateExpression, values, message) => {
    await run('PutItem', { Item: stored });
    const input = {
      Key,
      UpdateExpression,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    };
    await expect(run('UpdateItem', input)).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(run('UpdateItem', input)).rejects.toThrow(message);
    expect(await item()).toMatchObject({ version: { N: '4' }, flag: { BOOL: true } });
  });
});

describe('queries', () => {
  const sorts = ['evidence#a', 'evidence#b', 'failover', 'lease', 'rollout'];

  beforeEach(async () => {
    for (const sk of sorts) await run('PutItem', { Item: { pk: { S: 'p' }, sk: { S: sk } } });
    await run('PutItem', { Item: { pk: { S: 'other' }, sk: { S: 'evidence#z' } } });
  });

  const cases: readonly [condition: string, values: Record<string, string>, found: string[]][] = [
    ['pk = :p', {}, sorts],
    ['pk = :p AND begins_with(sk, :a)', { ':a': 'evidence#' }, ['evidence#a', 'evidence#b']],
    ['begins_with(sk, :a) AND pk = :p', { ':a': 'evidence#' }, ['evidence#a', 'evidence#b']],
    ['pk = :p AND sk BETWEEN :a AND :b', { ':a': 'f', ':b': 'm' }, ['failover', 'lease']],
    ['pk = :p AND sk > :a', { ':a': 'failover' }, ['lease', 'rollout']],
    ['pk = :p AND sk = :a', { ':a': 'lease' }, ['lease']],
  ];

  test.each(cases)('%s', async (KeyConditionExpression, values, found) => {
    const all: Record<string, string> = { ':p': 'p', ...values };
    const texts = Object.entries(all).map(([name, S]) => [name, { S }] as const);
    const input = { KeyConditionExpression, ExpressionAttributeValues: Object.fromEntries(texts) };
    const { Items = [] } = await run<QueryOutput>('Query', input);
    expect(Items.map(({ sk }) => sk?.S)).toEqual(found);
  });

  test.each([true, false])('pages through a partition (forward: %s)', async (ScanIndexForward) => {
    const seen: (string | undefined)[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page: QueryOutput = await run<QueryOutput>('Query', {
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'p' } },
        ScanIndexForward,
        Limit: 2,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      });
      seen.push(...(page.Items ?? []).map(({ sk }) => sk?.S));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    expect(seen).toEqual(ScanIndexForward ? sorts : [...sorts].reverse());
  });

  test('filters after the limit and counts both', async () => {
    const page = await run('Query', {
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'sk = :lease',
      ExpressionAttributeValues: { ':p': { S: 'p' }, ':lease': { S: 'lease' } },
      ProjectionExpression: 'sk',
      Limit: 4,
    });
    expect(page).toEqual({
      Items: [{ sk: { S: 'lease' } }],
      Count: 1,
      ScannedCount: 4,
      LastEvaluatedKey: { pk: { S: 'p' }, sk: { S: 'lease' } },
    });
  });

  test('ends a page after 1 MB', async () => {
    const filler = { S: 'x'.repeat(300 * 1_024) };
    for (const sk of ['1', '2', '3', '4', '5']) {
      await run('PutItem', { Item: { pk: { S: 'big' }, sk: { S: sk }, filler } });
    }
    const page = await run<QueryOutput>('Query', {
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'big' } },
      Select: 'COUNT',
    });
    expect(page).toMatchObject({ Count: 4, LastEvaluatedKey: { sk: { S: '4' } } });
  });

  test('scans every item once, page by page', async () => {
    const seen: string[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page: QueryOutput = await run<QueryOutput>('Scan', {
        Limit: 1,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      });
      seen.push(...(page.Items ?? []).map(({ pk, sk }) => `${pk?.S ?? ''} ${sk?.S ?? ''}`));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    expect(seen.sort()).toEqual(['other evidence#z', ...sorts.map((sk) => `p ${sk}`)]);
  });

  const refused: readonly [condition: string, message: string][] = [
    ['sk = :p', 'Query condition missed key schema element: pk'],
    ['pk > :p', 'Query key condition not supported'],
    ['pk = :p OR pk = :p', 'Query condition missed key schema element: pk'],
    ['pk = :p AND version = :p', 'Query condition missed key schema element: sk'],
    ['pk = :p AND contains(sk, :p)', 'Query key condition not supported'],
  ];

  test.each(refused)('rejects the key condition %s', async (KeyConditionExpression, message) => {
    const input = { KeyConditionExpression, ExpressionAttributeValues: { ':p': { S: 'p' } } };
    await expect(run('Query', input)).rejects.toMatchObject({
      code: 'ValidationException',
      message,
    });
  });
});

describe('items', () => {
  test('gives out copies: what a caller does to an answer changes nothing', async () => {
    await run('PutItem', { Item: stored });
    const first = await item();
    if (first?.['held']?.M !== undefined) first['held'].M['by'] = { S: 'someone' };
    expect((await item())?.['held']?.M?.['by']).toEqual({ S: 'rollout' });
  });

  test('projects attributes, members and elements', async () => {
    await run('PutItem', { Item: stored });
    const output = await run('GetItem', {
      Key,
      ProjectionExpression: 'version, #h.#by, steps[1], absent',
      ExpressionAttributeNames: { '#h': 'held', '#by': 'by' },
    });
    expect(output).toEqual({
      Item: {
        version: { N: '4' },
        held: { M: { by: { S: 'rollout' } } },
        steps: { L: [{ S: 'data' }] },
      },
    });
  });

  test('keeps numbers of 38 digits exact', async () => {
    const N = '12345678901234567890123456789012345678';
    await run('PutItem', { Item: { ...Key, n: { N }, small: { N: '1.20e-3' } } });
    expect(await item()).toMatchObject({ n: { N }, small: { N: '0.0012' } });
  });

  test('deletes an item once, under a condition', async () => {
    await run('PutItem', { Item: stored });
    const wrong = {
      Key,
      ConditionExpression: 'version = :v',
      ExpressionAttributeValues: { ':v': { N: '5' } },
    };
    await expect(run('DeleteItem', wrong)).rejects.toMatchObject({
      code: 'ConditionalCheckFailedException',
    });
    const output = await run<{ Attributes: Item }>('DeleteItem', { Key, ReturnValues: 'ALL_OLD' });
    expect(output.Attributes['version']).toEqual({ N: '4' });
    await expect(run('DeleteItem', { Key })).resolves.toEqual({});
    expect(await item()).toBeUndefined();
  });

  const refused: readonly [name: string, operation: string, input: object, message: RegExp][] = [
    ['a missing key', 'PutItem', { Item: { pk: { S: 'x' } } }, /Missing the key sk in the item/],
    [
      'a key of another type',
      'PutItem',
      { Item: { pk: { S: 'x' }, sk: { N: '1' } } },
      /Type mismatch for key sk expected: S actual: N/,
    ],
    ['an empty key', 'PutItem', { Item: { pk: { S: 'x' }, sk: { S: '' } } }, /empty string value/],
    ['half a key', 'GetItem', { Key: { pk: { S: 'x' } } }, /does not match the schema/],
    [
      'no number',
      'PutItem',
      { Item: { ...Key, n: { N: 'x' } } },
      /converted to a numeric value: x/,
    ],
    ['an empty set', 'PutItem', { Item: { ...Key, s: { SS: [] } } }, /set {2}may not be empty/],
    ['an empty value', 'PutItem', { Item: { ...Key, s: {} } }, /AttributeValue is empty/],
    [
      'an item above 400 KB',
      'PutItem',
      { Item: { ...Key, s: { S: 'x'.repeat(400 * 1_024) } } },
      /Item size has exceeded the maximum allowed size/,
    ],
    ['legacy parameters', 'PutItem', { Item: { ...Key }, Expected: {} }, /parameter Expected/],
    ['an index', 'Scan', { IndexName: 'by-owner' }, /parameter IndexName/],
    ['transactions', 'TransactWriteItems', {}, /TransactWriteItems is not supported/],
  ];

  test.each(refused)('rejects %s', async (_name, operation, input, message) => {
    await expect(run(operation, input)).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(run(operation, input)).rejects.toThrow(message);
  });

  test('lets exactly one of any number of writers of one version win', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 12 }), async (writers) => {
        await run('PutItem', { Item: stored });
        const write = (owner: number) =>
          run('PutItem', {
            Item: { ...Key, version: { N: '5' }, owner_name: { S: String(owner) } },
            ConditionExpression: 'version = :v',
            ExpressionAttributeValues: { ':v': { N: '4' } },
          });
        const results = await Promise.allSettled(
          Array.from({ length: writers }, (_, i) => write(i)),
        );
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      }),
      { numRuns: 20 },
    );
  });
});

describe('tables', () => {
  test('are described and listed in their region only', async () => {
    const { Table } = await run<{ Table: object }>('DescribeTable', {});
    expect(Table).toMatchObject({
      TableName: 'journal',
      TableArn: `arn:aws:dynamodb:eu-west-1:${accountId}:table/journal`,
      TableStatus: 'ACTIVE',
    });
    await expect(run('ListTables', {})).resolves.toEqual({ TableNames: ['journal'] });
    await expect(run('ListTables', {}, 'us-east-1')).resolves.toEqual({ TableNames: [] });
    await expect(run('DescribeTable', {}, 'us-east-1')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: journal not found',
    });
    await expect(run('GetItem', { Key }, 'us-east-1')).rejects.toMatchObject({
      message: 'Requested resource not found',
    });
  });

  test('declare their ARN for policies, also when they are named by it', () => {
    const arn = `arn:aws:dynamodb:eu-west-1:${accountId}:table/journal`;
    for (const TableName of ['journal', arn]) {
      expect(bench.resources(model.service, 'GetItem', { TableName })).toEqual([arn]);
    }
  });

  test('rejects a second table of the same name, and indexes', async () => {
    const input = {
      KeySchema: schema.keySchema,
      AttributeDefinitions: schema.attributeDefinitions,
    };
    await expect(run('CreateTable', input)).rejects.toMatchObject({
      code: 'ResourceInUseException',
    });
    const indexed = { ...input, TableName: 'indexed', GlobalSecondaryIndexes: [] };
    await expect(run('CreateTable', indexed)).rejects.toThrow(/GlobalSecondaryIndexes/);
  });
});

describe('global tables with strong consistency', () => {
  const replicas = ['us-east-1', 'us-west-2'];

  beforeEach(() => {
    model.createGlobalTable({
      name: 'global',
      ...schema,
      replicas,
      witness: 'us-east-2',
      consistency: 'STRONG',
    });
  });

  function globally(operation: string, input: object, region: string): Promise<object> {
    return run(operation, { TableName: 'global', ...input }, region);
  }

  test('show a write of one replica in the other at once', async () => {
    await globally('PutItem', { Item: stored }, 'us-east-1');
    const read = await globally('GetItem', { Key, ConsistentRead: true }, 'us-west-2');
    expect(read).toMatchObject({ Item: { version: { N: '4' } } });
    await expect(globally('GetItem', { Key }, 'us-east-2')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  const outages: readonly [name: string, spoil: () => void, works: boolean][] = [
    ['the other replica is down', () => bench.down.add('us-east-1'), true],
    ['the witness is down', () => bench.down.add('us-east-2'), true],
    [
      'the other replica and the witness are down',
      () => bench.down.add('us-east-1').add('us-east-2'),
      false,
    ],
    ['the region itself is down', () => bench.down.add('us-west-2'), false],
    ['the link to the other replica is cut', () => bench.cut.add('us-west-2>us-east-1'), true],
    [
      'all links are cut',
      () => bench.cut.add('us-west-2>us-east-1').add('us-east-2>us-west-2'),
      false,
    ],
  ];

  test.each(outages)('while %s a region works: %#', async (_name, spoil, works) => {
    spoil();
    const calls = [
      globally('PutItem', { Item: stored }, 'us-west-2'),
      globally('GetItem', { Key }, 'us-west-2'),
    ];
    for (const call of calls) {
      if (works) await expect(call).resolves.toBeDefined();
      else {
        await expect(call).rejects.toMatchObject({ code: 'InternalServerError', httpStatus: 500 });
      }
    }
  });

  test('are described with the other replica and the witness', async () => {
    const { Table } = await bench.run<{ Table: object }>(
      model.service,
      'DescribeTable',
      { TableName: 'global' },
      { region: 'us-east-1' },
    );
    expect(Table).toMatchObject({
      MultiRegionConsistency: 'STRONG',
      Replicas: [{ RegionName: 'us-west-2', ReplicaStatus: 'ACTIVE' }],
      GlobalTableWitnesses: [{ RegionName: 'us-east-2', WitnessStatus: 'ACTIVE' }],
    });
  });

  test.each([
    [['us-east-1', 'us-west-2'], undefined, /exactly three Regions/],
    [['us-east-1', 'us-west-2'], 'us-east-1', /exactly three Regions/],
    [['us-east-1', 'eu-west-1'], 'us-east-2', /not available across/],
  ])('rejects the regions %j with witness %s', (regions, witness, message) => {
    const options = { name: 'x', ...schema, replicas: regions, consistency: 'STRONG' as const };
    expect(() => {
      model.createGlobalTable({ ...options, witness });
    }).toThrow(message);
  });
});
