import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { ECRClient, PutImageTagMutabilityCommand } from '@aws-sdk/client-ecr';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { redriveDeadLetters, showDeadLetters } from '../../cli/dead-letters.ts';
import { backfillImages } from '../../cli/images/backfill-images.ts';
import { createOutput } from '../../cli/output.ts';
import { pushImage, sampleImage } from '../../sandbox/sample-image.ts';
import { type FlowCloud, startFlow } from './flow-cloud.ts';

const repository = 'shop/storefront';
const scope = { name: 'replicate-image', region: 'us-east-1' };

let flow: FlowCloud;

/** Without sweeps, so that it is the command under test that repairs. */
function sweepOnceADay(assembly: string): void {
  for (const file of readdirSync(assembly).filter((name) => name.endsWith('.template.json'))) {
    const template = readFileSync(path.join(assembly, file), 'utf8');
    const rarely = template.replaceAll('rate(1 minute)', 'rate(1440 minutes)');
    writeFileSync(path.join(assembly, file), rarely);
  }
}

beforeAll(async () => {
  flow = await startFlow(sweepOnceADay);
}, 60_000);
afterAll(() => flow.stop());

/** An output for one command, and what it wrote, object by object. */
function recording() {
  const out = new PassThrough();
  const output = createOutput({ isJson: true, out, err: new PassThrough() });
  const written = () =>
    String((out.read() as Buffer | null) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { output, written };
}

async function digestIn(region: string, tag: string): Promise<string | undefined> {
  const { images } = flow.target.ports;
  return (await images.in(region).digests(repository, [tag])).get(tag);
}

async function setMutability(imageTagMutability: 'MUTABLE' | 'IMMUTABLE'): Promise<void> {
  const ecr = new ECRClient({ ...flow.client, region: 'us-west-2' });
  await ecr.send(
    new PutImageTagMutabilityCommand({ repositoryName: repository, imageTagMutability }),
  );
}

test('an image that cannot be copied stops no other, and its dead letter finishes it', async () => {
  const west = flow.cloud.status().regions['us-west-2']?.registry ?? '';
  const to = { registry: `http://${west}`, credentials: 'AWS:any', repository, tag: '5.0.0' };
  await pushImage({ ...to, image: sampleImage({ version: 'another 5.0.0' }) });
  await setMutability('IMMUTABLE');
  const bad = await flow.push(repository, '5.0.0');
  const good = await flow.push(repository, '5.0.1');
  await flow.until('the good image', async () =>
    (await digestIn('us-west-2', '5.0.1')) === good ? good : undefined,
  );
  const letters = await flow.until('the dead letter', async () => {
    const shown = recording();
    await showDeadLetters(flow.target, scope, shown.output);
    const found = shown.written();
    return found.length > 0 ? found : undefined;
  });
  expect(letters[0]?.['cause']).toMatch(/5\.0\.0.*us-west-2: the tag 5\.0\.0 is immutable/);
  const notices = () =>
    flow.cloud.inbox().filter(({ attributes }) => attributes['kind'] === 'replication-failed');
  await flow.until('the notice', () => Promise.resolve(notices()[0]));
  expect(notices()).toHaveLength(1);
  expect(notices()[0]?.text).toContain('farshore dlq redrive replicate-image');

  await setMutability('MUTABLE');
  const redriven = recording();
  await redriveDeadLetters(flow.target, { ...scope, isDryRun: false }, redriven.output);
  expect(redriven.written().at(-1)).toMatchObject({ kind: 'done', redriven: letters.length });
  await flow.until('the bad image', async () =>
    (await digestIn('us-west-2', '5.0.0')) === bad ? bad : undefined,
  );
}, 240_000);

test('a backfill shows what is missing, then copies it and says so', async () => {
  const events = new EventBridgeClient({ ...flow.client, region: 'us-east-1' });
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const Name = Rules.find(({ EventPattern }) => EventPattern?.includes('ECR Image Action'))?.Name;
  await events.send(new DisableRuleCommand({ Name }));
  const digest = await flow.push(repository, '6.0.0');
  await flow.push(repository, '6.1.0');
  await events.send(new EnableRuleCommand({ Name }));

  const options = { tags: ['6.0.*'], isWaited: true, timeout: '3m' };
  const planned = recording();
  await backfillImages(flow.target, 'storefront', { ...options, isDryRun: true }, planned.output);
  expect(planned.written()).toMatchObject([
    { kind: 'planned', tag: '6.0.0', digest, regions: ['us-west-2'] },
    { kind: 'plan', images: 1, copies: 1 },
  ]);
  expect(await digestIn('us-west-2', '6.0.0')).toBeUndefined();

  const done = recording();
  await backfillImages(flow.target, 'storefront', { ...options, isDryRun: false }, done.output);
  expect(done.written().slice(1)).toMatchObject([
    { kind: 'copied', tag: '6.0.0', digest, region: 'us-west-2', state: 'whole' },
    { kind: 'backfilled', copies: 1, failed: 0 },
  ]);
  expect(await digestIn('us-west-2', '6.0.0')).toBe(digest);
  expect(await digestIn('us-west-2', '6.1.0')).toBeUndefined();
}, 240_000);
