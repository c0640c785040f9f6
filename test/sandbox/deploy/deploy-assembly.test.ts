import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, CfnOutput, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Farshore } from '../../../lib/farshore.ts';
import { readFleet } from '../../../lib/read-fleet.ts';
import { buildCloud } from '../../../sandbox/build-cloud.ts';
import { deployAssembly } from '../../../sandbox/deploy/deploy-assembly.ts';
import { seedUserResources } from '../../../sandbox/user-resources.ts';
import { VirtualDriver } from '../../../sandbox/virtual-driver.ts';
import { World } from '../../../sandbox/world.ts';

const regions = ['us-east-1', 'us-west-2', 'us-east-2'];

function emptyCloud() {
  const world = new World({ seed: 1, startMs: Date.UTC(2026, 10, 20) });
  const built = buildCloud({ world, accountId: '123456789012', regions });
  built.models.route53.seedHostedZone('Z0SHOPEXAMPLE', 'shop.example');
  return built;
}

/** Synthesizes without bundling; the functions' directory stands in for every bundle. */
function synthesize(build: (app: App) => void): string {
  const outdir = mkdtempSync(path.join(tmpdir(), 'farshore-assembly-'));
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  build(app);
  app.synth();
  return outdir;
}

const shopAssembly = synthesize((app) => {
  new Farshore(app, 'Farshore', { fleet: 'examples/shop/fleet.yaml' });
});

describe('the shop', () => {
  const built = emptyCloud();
  const { cloud } = built;
  const deployed = deployAssembly(built, shopAssembly);
  const call = (service: string, operation: string, input: object, region = 'us-west-2') =>
    cloud.call({ service, operation, input, region, principal: {} });

  test('is deployed stack by stack, the journal first and DNS last', async () => {
    const { stacks } = await deployed;
    expect(stacks.map(({ name, region }) => `${name} in ${region}`)).toEqual([
      'farshore-shop-us-east-1 in us-east-1',
      'farshore-shop-us-west-2 in us-west-2',
      'farshore-shop-us-east-2 in us-east-2',
      'farshore-shop-global in us-east-1',
    ]);
  });

  test('has every function with its environment resolved and its role', async () => {
    await deployed;
    const found = await call('lambda', 'GetFunctionConfiguration', {
      FunctionName: 'farshore-shop-sweep',
    });
    expect(found).toMatchObject({
      Timeout: 60,
      Role: expect.stringMatching(/^arn:aws:iam::123456789012:role\/farshore-shop-us-west-2-/),
      Environment: {
        Variables: {
          ACCOUNT_ID: '123456789012',
          JOURNAL_REGIONS: 'us-west-2,us-east-1,us-east-2',
          TOPIC_ARN: 'arn:aws:sns:us-west-2:123456789012:farshore-shop-notices',
          QUEUE_URL: expect.stringContaining('/123456789012/farshore-shop-sweep'),
        },
      },
    });
  });

  test('has the statements of each role, with real ARNs', async () => {
    const { stacks } = await deployed;
    const west = stacks.find(({ region }) => region === 'us-west-2');
    const role = west?.resources.find(({ logicalId }) => logicalId.includes('SweepRole'));
    const statements = cloud.iam.statementsOf(
      `arn:aws:iam::123456789012:role/${role?.physicalId ?? ''}`,
    );
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'sns:Publish',
      Resource: 'arn:aws:sns:us-west-2:123456789012:farshore-shop-notices',
    });
  });

  test('routes a push in the home region to the replication queue, and only there', async () => {
    await deployed;
    const rules = await call('eventbridge', 'ListRules', {}, 'us-east-1');
    const { Rules } = rules as { Rules: readonly { Name: string; EventPattern: string }[] };
    const pushes = Rules.filter(({ EventPattern }) => EventPattern.includes('ECR Image Action'));
    expect(pushes).toHaveLength(1);
    const targets = await call(
      'eventbridge',
      'ListTargetsByRule',
      { Rule: pushes[0]?.Name },
      'us-east-1',
    );
    expect(targets).toMatchObject({
      Targets: [{ Arn: 'arn:aws:sqs:us-east-1:123456789012:farshore-shop-replicate-image' }],
    });
    const elsewhere = await call('eventbridge', 'ListRules', {});
    expect(JSON.stringify(elsewhere)).not.toContain('ECR Image Action');
  });

  test('has one journal in three regions', async () => {
    await deployed;
    const TableName = 'farshore-shop-journal';
    const key = { pk: { S: 'app#storefront' }, sk: { S: 'lease' } };
    await call('dynamodb', 'PutItem', { TableName, Item: key }, 'us-east-2');
    const Key = key;
    const read = await call('dynamodb', 'GetItem', { TableName, Key, ConsistentRead: true });
    expect(read).toMatchObject({ Item: key });
  });

  test('has latches that anybody can read over HTTPS', async () => {
    await deployed;
    const Bucket = 'farshore-shop-latch-123456789012-us-west-2';
    await call('s3', 'PutObject', { Bucket, Key: 'storefront/us-east-1', Body: 'OPEN epoch=1' });
    const answer = built.models.s3.anonymousGet(Bucket, 'storefront/us-east-1');
    expect(answer).toMatchObject({ status: 200, body: 'OPEN epoch=1' });
  });

  test('has health checks and failover records', async () => {
    await deployed;
    const { ResourceRecordSets } = (await call('route53', 'ListResourceRecordSets', {
      HostedZoneId: 'Z0SHOPEXAMPLE',
    })) as { ResourceRecordSets: readonly { Name: string; Failover?: string }[] };
    const own = ResourceRecordSets.filter(({ Failover }) => Failover !== undefined);
    expect(own).toHaveLength(12);
    const { HealthChecks } = (await call('route53', 'ListHealthChecks', {})) as {
      HealthChecks: readonly object[];
    };
    expect(HealthChecks).toHaveLength(8);
  });
});

test('moves traffic to the standby when its latch is closed, and back when it is opened', async () => {
  const world = new World({ seed: 1, startMs: Date.UTC(2026, 10, 20) });
  const built = buildCloud({ world, accountId: '123456789012', regions });
  const { route53, elasticloadbalancingv2: balancers } = built.models;
  seedUserResources(built, readFleet('examples/shop/fleet.yaml'));
  await deployAssembly(built, shopAssembly);
  await built.models.lambda.stop();
  const driver = new VirtualDriver(world);
  const answered = () =>
    route53.answer('orders.shop.example', 'A').records.map(({ value }) => value);
  const latch = (Body: string) => {
    const Bucket = 'farshore-shop-latch-123456789012-us-west-2';
    const input = { Bucket, Key: 'orders/us-east-1', Body };
    const region = 'us-west-2';
    return built.cloud.call({
      service: 's3',
      operation: 'PutObject',
      input,
      region,
      principal: {},
    });
  };

  await driver.runFor(60_000);
  expect(answered()).toEqual([
    balancers.addressOf('orders-2718281828.us-east-1.elb.amazonaws.com'),
  ]);
  await latch('LATCHED epoch=1');
  await driver.runFor(60_000);
  expect(answered()).toEqual([
    balancers.addressOf('orders-2718281828.us-west-2.elb.amazonaws.com'),
  ]);
  await latch('OPEN epoch=2');
  await driver.runFor(60_000);
  expect(answered()).toEqual([
    balancers.addressOf('orders-2718281828.us-east-1.elb.amazonaws.com'),
  ]);
});

describe('rejects', () => {
  test('a type of resource that the local cloud does not stand in for, by name', async () => {
    const assembly = synthesize((app) => {
      const stack = new Stack(app, 'Own', { env: { region: 'us-east-1' } });
      new CfnResource(stack, 'Cluster', { type: 'AWS::ECS::Cluster' });
    });
    await expect(deployAssembly(emptyCloud(), assembly)).rejects.toThrow(
      'Own: Cluster (AWS::ECS::Cluster) cannot be created: ' +
        'the local cloud does not implement this type of resource',
    );
  });

  test('a property it would otherwise pass over, by name', async () => {
    const assembly = synthesize((app) => {
      const stack = new Stack(app, 'Own', { env: { region: 'us-east-1' } });
      new Queue(stack, 'Queue', { fifo: true });
    });
    await expect(deployAssembly(emptyCloud(), assembly)).rejects.toThrow(
      /does not implement FifoQueue here/,
    );
  });

  test('a stack without a region', async () => {
    const assembly = synthesize((app) => new Queue(new Stack(app, 'Anywhere'), 'Queue'));
    await expect(deployAssembly(emptyCloud(), assembly)).rejects.toThrow(
      'The stack Anywhere names no region',
    );
  });

  test('a directory that holds no assembly', async () => {
    await expect(deployAssembly(emptyCloud(), tmpdir())).rejects.toThrow('run `npx cdk synth -q`');
  });
});

test('hands what one stack exports to the stacks after it', async () => {
  const assembly = synthesize((app) => {
    const env = { region: 'us-east-1' };
    const giver = new Stack(app, 'Giver', { env });
    new Queue(giver, 'Queue');
    new CfnOutput(giver, 'Out', { value: 'given', exportName: 'shared' });
    const taker = new Stack(app, 'Taker', { env });
    taker.addStackDependency(giver);
    new Queue(taker, 'Queue');
    new CfnOutput(taker, 'In', { value: Fn.importValue('shared') });
  });
  const { stacks } = await deployAssembly(emptyCloud(), assembly);
  expect(stacks.map(({ outputs }) => outputs)).toEqual([{ Out: 'given' }, { In: 'given' }]);
});
