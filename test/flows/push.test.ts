import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  EventBridgeClient,
  DisableRuleCommand,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { journalKeys } from '../../core/contract/journal.ts';
import { names } from '../../core/contract/names.ts';
import { digestOf } from '../../core/image-uri.ts';
import type { RolloutDocument } from '../../core/rollout/rollout-state.ts';
import { type FlowCloud, startFlow } from './flow-cloud.ts';

const REPOSITORY = 'shop/storefront';
const service = { cluster: 'shop', service: 'storefront-web', container: 'web' };
/** Synthesis and deployment on a busy machine, in ms. */
const STARTED_WITHIN_MS = 60_000;

let flow: FlowCloud;

beforeAll(async () => {
  flow = await startFlow();
}, STARTED_WITHIN_MS);
afterAll(() => flow.stop());

async function runningDigest(region: string): Promise<string | undefined> {
  const state = await flow.target.ports.services.describe({ region, ...service });
  const [deployment, ...others] = state?.deployments ?? [];
  const isSteady = others.length === 0 && deployment?.rolloutState === 'COMPLETED';
  return isSteady && state !== undefined ? digestOf(state.image) : undefined;
}

async function rolledOut(digest: string): Promise<void> {
  for (const region of ['us-west-2', 'us-east-1']) {
    await flow.until(`${digest} to run in ${region}`, async () =>
      (await runningDigest(region)) === digest ? digest : undefined,
    );
  }
  const key = journalKeys.rollout('storefront');
  await flow.until('the rollout to end', async () => {
    const found = await flow.target.ports.journal.read<RolloutDocument>(key);
    return found?.body.current?.state === 'SUCCEEDED' ? found : undefined;
  });
}

test('a push reaches both regions although its functions are killed at ten points', async () => {
  const digest = await flow.push(REPOSITORY, '1.0.0');
  const victims = ['replicate-image', 'roll-out-image'] as const;
  for (let kills = 0; kills < 10; kills += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50 + ((kills * 7919) % 400)));
    const victim = victims[kills % 2] ?? 'roll-out-image';
    const region = kills % 3 === 0 ? 'us-west-2' : 'us-east-1';
    await flow.cloud.killFunction(names.function('shop', victim), region);
  }
  await rolledOut(digest);
  const notices = () =>
    flow.cloud.inbox().filter(({ attributes }) => attributes['kind'] === 'rollout-succeeded');
  await flow.until('the notice', () => Promise.resolve(notices()[0]));
  expect(notices()).toHaveLength(1);
}, 240_000);

test('a push whose event never arrives is repaired by the sweep', async () => {
  const events = new EventBridgeClient({ ...flow.client, region: 'us-east-1' });
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const rule = Rules.find(({ EventPattern }) => EventPattern?.includes('ECR Image Action'));
  await events.send(new DisableRuleCommand({ Name: rule?.Name }));
  await rolledOut(await flow.push(REPOSITORY, '1.1.0'));
}, 240_000);

test('an image whose tasks crash is rolled back everywhere and quarantined', async () => {
  const before = await runningDigest('us-east-1');
  await flow.push(REPOSITORY, '1.2.0', { crashes: true });
  const key = journalKeys.rollout('storefront');
  await flow.until('the rollback', async () => {
    const found = await flow.target.ports.journal.read<RolloutDocument>(key);
    return found?.body.current?.state === 'ROLLED_BACK' ? found : undefined;
  });
  expect(await runningDigest('us-east-1')).toBe(before);
  expect(await flow.until('the standby to settle', () => runningDigest('us-west-2'))).toBe(before);
}, 240_000);

test('a malformed event ends in the dead-letter queue with its cause', async () => {
  const sqs = new SQSClient({ ...flow.client, region: 'us-west-2', useQueueUrlAsEndpoint: false });
  const queue = async (QueueName: string) =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? '';
  const loop = 'scale-service';
  const MessageBody = '{"source":"aws.cloudwatch","detail-type":"CloudWatch Alarm State Change"}';
  await sqs.send(
    new SendMessageCommand({ QueueUrl: await queue(names.queue('shop', loop)), MessageBody }),
  );
  const QueueUrl = await queue(names.deadLetterQueue('shop', loop));
  const [dead] = await flow.until('the dead letter', async () => {
    const found = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }),
    );
    return found.Messages;
  });
  expect(dead?.Body).toBe(MessageBody);
  expect(dead?.MessageAttributes?.['cause']?.StringValue).toMatch(/alarm event is malformed at id/);
}, 240_000);
