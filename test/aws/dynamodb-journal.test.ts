import { describe, expect, test } from '@jest/globals';
import { DynamoDbJournal } from '../../aws/dynamodb-journal.ts';
import { journalKeys } from '../../core/contract/journal.ts';
import { awsError, inTurn, stubAws } from './stub-client.ts';

const key = journalKeys.lease('shop');
const down = awsError('TimeoutError');

function journalOver(answers: Parameters<typeof stubAws>[0]) {
  const stub = stubAws(answers);
  let count = 0;
  const journal = new DynamoDbJournal({
    client: stub.clients.dynamodb,
    table: 'journal',
    regions: ['us-east-1', 'us-west-2', 'us-east-2'],
    ids: { next: () => `id-${++count}` },
  });
  return { journal, stub, regions: () => stub.sent.map(({ region }) => region) };
}

const item = (version: number, body: object, writer = 'other') => ({
  pk: { S: key.partition },
  sk: { S: key.sort },
  version: { N: String(version) },
  body: { S: JSON.stringify(body) },
  writer: { S: writer },
});

describe('reading', () => {
  test('is consistent and gives the body and its version', async () => {
    const { journal, stub } = journalOver({
      'DynamoDB GetItem': () => ({ Item: item(3, { holder: 'rollout' }) }),
    });
    expect(await journal.read(key)).toMatchObject({ version: 3, body: { holder: 'rollout' } });
    expect(stub.inputs('DynamoDB GetItem')).toEqual([
      {
        TableName: 'journal',
        Key: { pk: { S: 'app#shop' }, sk: { S: 'lease' } },
        ConsistentRead: true,
      },
    ]);
  });

  test('gives nothing for what was never written', async () => {
    const { journal } = journalOver({ 'DynamoDB GetItem': () => ({}) });
    expect(await journal.read(key)).toBeUndefined();
  });

  test('asks the next region when one is silent, and stays with it', async () => {
    const { journal, regions } = journalOver({
      'DynamoDB GetItem': ({ region }) => (region === 'us-east-1' ? down : {}),
    });
    await journal.read(key);
    await journal.read(key);
    expect(regions()).toEqual(['us-east-1', 'us-west-2', 'us-west-2']);
  });

  test('comes back to the first region when the second falls silent', async () => {
    let broken = 'us-east-1';
    const { journal, regions } = journalOver({
      'DynamoDB GetItem': ({ region }) => (region === broken ? down : {}),
    });
    await journal.read(key);
    broken = 'us-west-2';
    await journal.read(key);
    await journal.read(key);
    expect(regions()).toEqual(['us-east-1', 'us-west-2', 'us-west-2', 'us-east-2', 'us-east-2']);
  });

  test('fails with every reason when no region answers', async () => {
    const { journal, stub } = journalOver({ 'DynamoDB GetItem': () => awsError('TimeoutError') });
    await expect(journal.read(key)).rejects.toThrow(
      /in none of us-east-1, us-west-2, us-east-2: .*us-east-1.*us-west-2.*us-east-2/,
    );
    expect(stub.sent).toHaveLength(3);
  });

  test('asks no other region when the answer is a refusal', async () => {
    const { journal, stub } = journalOver({
      'DynamoDB GetItem': () => awsError('AccessDeniedException'),
    });
    await expect(journal.read(key)).rejects.toThrow('AccessDeniedException');
    expect(stub.sent).toHaveLength(1);
  });
});

describe('writing', () => {
  test.each([
    [undefined, 'attribute_not_exists(#pk)', '1'],
    [4, '#version = :version', '5'],
  ])('over version %p asks for "%s" and stores version %s', async (expected, condition, stored) => {
    const { journal, stub } = journalOver({ 'DynamoDB PutItem': () => ({}) });
    expect(await journal.write(key, { a: 1 }, expected)).toBe(true);
    expect(stub.inputs('DynamoDB PutItem')).toEqual([
      expect.objectContaining({
        ConditionExpression: condition,
        Item: {
          pk: { S: 'app#shop' },
          sk: { S: 'lease' },
          version: { N: stored },
          body: { S: '{"a":1}' },
          writer: { S: 'id-1' },
        },
      }),
    ]);
  });

  test('is refused when another writer came first', async () => {
    const { journal } = journalOver({
      'DynamoDB PutItem': () => awsError('ConditionalCheckFailedException', { Item: item(2, {}) }),
    });
    expect(await journal.write(key, {}, 1)).toBe(false);
  });

  test('counts as written when its answer was lost and it failed on itself elsewhere', async () => {
    const { journal, regions } = journalOver({
      'DynamoDB PutItem': ({ region }) =>
        region === 'us-east-1'
          ? down
          : awsError('ConditionalCheckFailedException', { Item: item(2, {}, 'id-1') }),
    });
    expect(await journal.write(key, {}, 1)).toBe(true);
    expect(regions()).toEqual(['us-east-1', 'us-west-2']);
  });

  test('tries again while another region writes the same document', async () => {
    const { journal, stub } = journalOver({
      'DynamoDB PutItem': inTurn(awsError('ReplicatedWriteConflictException'), {}),
    });
    expect(await journal.write(key, {}, 1)).toBe(true);
    expect(stub.sent).toHaveLength(2);
  });

  test('fails, neither written nor refused, when the conflict lasts', async () => {
    const { journal, stub } = journalOver({
      'DynamoDB PutItem': () => awsError('ReplicatedWriteConflictException'),
    });
    await expect(journal.write(key, {}, 1)).rejects.toThrow('ReplicatedWriteConflict');
    expect(stub.sent).toHaveLength(3);
  });
});

describe('listing', () => {
  test('reads pages until there is no more', async () => {
    const { journal, stub } = journalOver({
      'DynamoDB Query': inTurn(
        { Items: [item(1, { n: 1 })], LastEvaluatedKey: { sk: { S: 'x' } } },
        { Items: [item(1, { n: 2 })] },
      ),
    });
    const found = await journal.list<{ n: number }>('app#shop', { prefix: 'evidence#' });
    expect(found.map(({ body }) => body.n)).toEqual([1, 2]);
    expect(stub.inputs('DynamoDB Query')[1]).toMatchObject({
      KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: 'app#shop' }, ':prefix': { S: 'evidence#' } },
      ConsistentRead: true,
      ScanIndexForward: true,
      ExclusiveStartKey: { sk: { S: 'x' } },
    });
  });

  test('stops at the limit, newest first', async () => {
    const { journal, stub } = journalOver({
      'DynamoDB Query': () => ({ Items: [item(1, {})], LastEvaluatedKey: { sk: { S: 'x' } } }),
    });
    expect(await journal.list('records#shop', { newestFirst: true, limit: 2 })).toHaveLength(2);
    expect(stub.inputs('DynamoDB Query').map(({ Limit }) => Limit)).toEqual([2, 1]);
    expect(stub.inputs('DynamoDB Query')[0]).toMatchObject({ ScanIndexForward: false });
  });
});
