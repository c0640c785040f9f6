import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { names } from '../../core/contract/names.ts';
import { Farshore } from '../../lib/farshore.ts';
import { buildCloud, type BuiltCloud } from '../../sandbox/build-cloud.ts';
import { deployAssembly } from '../../sandbox/deploy/deploy-assembly.ts';
import type { AwsEvent } from '../../sandbox/service-model.ts';
import { VirtualDriver } from '../../sandbox/virtual-driver.ts';
import { World } from '../../sandbox/world.ts';

/*
 * Near misses: each differs in one field from an event that wakes a loop. A pattern that lost that
 * field would let it through. No function runs here, so what was delivered stays in the queues.
 */

const REGION = 'us-east-1';
const digest = `sha256:${'7'.repeat(64)}`;
let built: BuiltCloud;
let driver: VirtualDriver;

beforeAll(async () => {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'farshore-wakes-'));
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  new Farshore(app, 'Farshore', { fleet: 'examples/shop/fleet.yaml' });
  app.synth();
  const world = new World({ seed: 1, startMs: Date.UTC(2026, 10, 20) });
  const regions = ['us-east-1', 'us-west-2', 'us-east-2'];
  built = buildCloud({ world, accountId: '123456789012', regions });
  driver = new VirtualDriver(world);
  built.models.route53.seedHostedZone('Z0SHOPEXAMPLE', 'shop.example');
  await deployAssembly(built, outdir);
}, 60_000);

const loops = ['replicate-image', 'roll-out-image', 'scale-service', 'fail-over-region'];

/** How many messages each loop's queue holds, taken for a function that does not run or not. */
async function depths(): Promise<readonly number[]> {
  return Promise.all(
    loops.map(async (name) => {
      const QueueUrl = `http://127.0.0.1:4566/123456789012/${names.queue('shop', name)}`;
      const input = { QueueUrl, AttributeNames: ['All'] };
      const call = { service: 'sqs', operation: 'GetQueueAttributes', region: REGION };
      const { Attributes } = (await built.cloud.call({ ...call, input, principal: {} })) as {
        readonly Attributes: Readonly<Record<string, string>>;
      };
      const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
      return counts.reduce((sum, count) => sum + Number(Attributes[count] ?? 0), 0);
    }),
  );
}

/** Which loops' queues an event of AWS reaches through the deployed rules. */
async function woken(event: AwsEvent): Promise<readonly string[]> {
  const before = await depths();
  built.cloud.hub.putEvent(REGION, event);
  await driver.runFor(1_000);
  const after = await depths();
  return loops.filter((_, index) => (after[index] ?? 0) > (before[index] ?? 0));
}

const push: AwsEvent = {
  source: 'aws.ecr',
  detailType: 'ECR Image Action',
  resources: [],
  detail: {
    result: 'SUCCESS',
    'repository-name': 'shop/storefront',
    'image-digest': digest,
    'action-type': 'PUSH',
    'image-tag': '1.0.0',
  },
};
const deployment: AwsEvent = {
  source: 'aws.ecs',
  detailType: 'ECS Deployment State Change',
  resources: [`arn:aws:ecs:${REGION}:123456789012:service/shop/storefront-web`],
  detail: { eventName: 'SERVICE_DEPLOYMENT_COMPLETED' },
};
const alarm = (alarmName: string): AwsEvent => ({
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  resources: [],
  detail: { alarmName, state: { value: 'ALARM' } },
});

test.each([
  ['a push', push, 'replicate-image'],
  ['a deployment', deployment, 'roll-out-image'],
  ['a scaling alarm', alarm('farshore-shop-storefront-busy'), 'scale-service'],
  ['an endpoint alarm', alarm('farshore-shop-storefront-us-east-1-endpoint'), 'fail-over-region'],
])('%s wakes its loop and no other', async (_, event, name) => {
  expect(await woken(event)).toEqual([name]);
});

test.each([
  ['another source', { ...push, source: 'custom.ecr' }],
  ['another kind of event', { ...push, detailType: 'ECR Image Scan' }],
  ['a deletion', { ...push, detail: { ...push.detail, 'action-type': 'DELETE' } }],
  ['a push that failed', { ...push, detail: { ...push.detail, result: 'FAILURE' } }],
  ['another repository', { ...push, detail: { ...push.detail, 'repository-name': 'other' } }],
  ['a deployment by another source', { ...deployment, source: 'custom.ecs' }],
  ['another event of ECS', { ...deployment, detailType: 'ECS Service Action' }],
  ['another service', { ...deployment, resources: ['arn:aws:ecs:x:y:service/shop/other'] }],
  ['an alarm by another source', { ...alarm('farshore-shop-storefront-busy'), source: 'custom' }],
  ["somebody else's alarm", alarm('other')],
  [
    'a changed alarm',
    {
      ...alarm('farshore-shop-storefront-busy'),
      detailType: 'CloudWatch Alarm Configuration Change',
    },
  ],
])('%s wakes nobody', async (_, event) => {
  expect(await woken(event)).toEqual([]);
});
