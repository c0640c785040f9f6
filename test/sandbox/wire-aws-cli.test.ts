import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import { Gateway } from '../../sandbox/gateway.ts';
import { World } from '../../sandbox/world.ts';

/** The CLI starts a Python process for each call, which takes about a second. */
const SLOW_MS = 60_000;

const world = new World({ seed: 1, startMs: Date.UTC(2026, 8, 1) });
const account = '123456789012';
const defects: unknown[] = [];
const folder = mkdtempSync(join(tmpdir(), 'farshore-cli-'));
const latch = join(folder, 'latch.txt');
let endpoint = '';
const { cloud, models } = buildCloud({
  world,
  accountId: account,
  regions: ['us-east-1', 'eu-west-1'],
  queueUrlBase: () => endpoint,
});
const gateway = new Gateway(cloud, {
  status: () => ({}),
  onDefect: (error) => defects.push(error),
});

beforeAll(async () => {
  endpoint = await gateway.listen();
  writeFileSync(latch, 'LATCHED epoch=1');
  models.s3.create('latches', 'eu-west-1');
  models.route53.seedHostedZone('Z1', 'example.com');
  models.dynamodb.createGlobalTable({
    name: 'journal',
    keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    attributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    replicas: ['eu-west-1'],
    consistency: 'EVENTUAL',
  });
});

afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

function hasCli(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('The aws CLI is not on the PATH: its tests over the wire are skipped.\n');
    return false;
  }
}

/** What the CLI prints, as JSON; its error text when it fails. */
async function aws(...args: readonly string[]): Promise<unknown> {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  };
  const common = ['--endpoint-url', endpoint, '--region', 'eu-west-1', '--output', 'json'];
  try {
    const { stdout } = await promisify(execFile)('aws', [...common, ...args], { env });
    return stdout === '' ? undefined : (JSON.parse(stdout) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    return (error as { stderr: string }).stderr.trim();
  }
}

(hasCli() ? describe : describe.skip)('the AWS CLI over the wire', () => {
  const topic = `arn:aws:sns:eu-west-1:${account}:notices`;
  const item = JSON.stringify({ pk: { S: 'a' } });
  const put = ['dynamodb', 'put-item', '--table-name', 'journal', '--item', item];
  const object = ['--bucket', 'latches', '--key', 'shop/eu', '--body', latch];
  const image = ['--image-id', 'imageTag=1.0.0'];
  const replication = JSON.stringify({
    rules: [
      {
        destinations: [{ region: 'us-east-1', registryId: account }],
        repositoryFilters: [{ filter: 'shop/', filterType: 'PREFIX_MATCH' }],
      },
    ],
  });
  const record = {
    ...{ Name: 'b.example.com', Type: 'A', TTL: 60 },
    ResourceRecords: [{ Value: '127.0.0.1' }],
  };
  const change = JSON.stringify({ Changes: [{ Action: 'DELETE', ResourceRecordSet: record }] });

  // One answer and one error of each protocol, with what differs between botocore and the SDK.
  const rows: readonly (readonly [string, readonly string[], unknown])[] = [
    ['query', ['sts', 'get-caller-identity'], { Account: account }],
    ['query', ['sns', 'create-topic', '--name', 'notices'], { TopicArn: topic }],
    ['query', ['sns', 'publish', '--message', 'm', '--topic-arn', `${topic}-2`], '(NotFound)'],
    ['JSON', put, undefined],
    [
      'JSON',
      [...put, '--condition-expression', 'attribute_not_exists(pk)'],
      '(ConditionalCheckFailedException)',
    ],
    [
      'JSON, compatible with query',
      ['sqs', 'get-queue-url', '--queue-name', 'none'],
      '(AWS.SimpleQueueService.NonExistentQueue)',
    ],
    [
      'JSON or CBOR',
      [
        'cloudwatch',
        'put-metric-data',
        '--namespace',
        'n',
        '--metric-data',
        'MetricName=m,Value=1',
      ],
      undefined,
    ],
    ['REST-XML', ['s3api', 'put-object', ...object], { ServerSideEncryption: 'AES256' }],
    [
      'REST-XML',
      ['s3api', 'put-object', ...object, '--if-none-match', '*'],
      '(PreconditionFailed)',
    ],
    [
      'REST-XML',
      ['s3api', 'list-objects-v2', '--bucket', 'latches'],
      { Contents: [{ Key: 'shop/eu', Size: 15 }] },
    ],
    [
      'REST-XML',
      [
        'route53',
        'change-resource-record-sets',
        '--hosted-zone-id',
        'Z1',
        '--change-batch',
        change,
      ],
      '(InvalidChangeBatch)',
    ],
    ['REST-JSON', ['lambda', 'list-functions'], { Functions: [] }],
    ['REST-JSON', ['scheduler', 'get-schedule', '--name', 'none'], '(ResourceNotFoundException)'],
    [
      'JSON',
      ['ecr', 'put-replication-configuration', '--replication-configuration', replication],
      { replicationConfiguration: JSON.parse(replication) as object },
    ],
    [
      'JSON',
      ['ecr', 'describe-registry'],
      { registryId: account, replicationConfiguration: JSON.parse(replication) as object },
    ],
    [
      'JSON',
      ['ecr', 'describe-image-replication-status', '--repository-name', 'none', ...image],
      '(RepositoryNotFoundException)',
    ],
    [
      'what is not there',
      ['ecs', 'delete-cluster', '--cluster', 'x'],
      '(UnknownOperationException)',
    ],
  ];

  test.each(
    rows.map(
      ([protocol, args, expected]) =>
        [`${protocol}: ${args.slice(0, 2).join(' ')}`, args, expected] as const,
    ),
  )(
    'answers over %s',
    async (_title, args, expected) => {
      const answer = await aws(...args);
      if (expected === undefined) expect(answer).toBeUndefined();
      else if (typeof expected === 'string') expect(answer).toContain(expected);
      else expect(answer).toMatchObject(expected as object);
    },
    SLOW_MS,
  );

  test('has met no defect of the local cloud', () => {
    expect(defects).toEqual([]);
  });
});
