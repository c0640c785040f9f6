import { type ChildProcess, execFile, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeOciLayout } from '../../sandbox/oci-layout.ts';
import type { SandboxStatus } from '../../sandbox/local-cloud.ts';
import { sampleImage } from '../../sandbox/sample-image.ts';
import { runCli, startCli } from '../cli/run-cli.ts';

/* The clients people have, as they are, against `farshore sandbox up`. */

const tools = ['skopeo', 'aws', 'dig'];
const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
if (missing.length > 0) console.warn(`Skipped: ${missing.join(', ')} not installed.`);
const testWithTools = missing.length > 0 ? test.skip : test;

const PATIENCE_MS = 240_000;
const folder = mkdtempSync(path.join(os.tmpdir(), 'farshore-outside-'));
let sandbox: ChildProcess;
let status: SandboxStatus;

beforeAll(async () => {
  const fleet = path.resolve('examples/shop/fleet.yaml');
  sandbox = startCli(folder, 'sandbox', 'up', '--fleet', fleet, '--speed', '20');
  status = await until('the local cloud', () => {
    const answer = runCli(folder, 'sandbox', 'status', '--json');
    if (answer.status !== 0) return undefined;
    return JSON.parse(answer.stdout) as SandboxStatus;
  });
}, PATIENCE_MS);
afterAll(() => void sandbox.kill('SIGKILL'));

async function until<Answer>(
  what: string,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
): Promise<Answer> {
  const deadlineMs = Date.now() + PATIENCE_MS / 2;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadlineMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

const run = promisify(execFile);

async function aws<Answer>(region: string, ...args: readonly string[]): Promise<Answer> {
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_PAGER: '',
  };
  const all = ['--endpoint-url', status.gateway, '--region', region, '--output', 'json', ...args];
  const { stdout } = await run('aws', all, { env });
  return (stdout.startsWith('{') ? JSON.parse(stdout) : stdout.trim()) as Answer;
}

async function dig(name: string): Promise<string> {
  const port = status.dns.split(':')[1] ?? '';
  const { stdout } = await run('dig', ['@127.0.0.1', '-p', port, '+short', name, 'A']);
  return stdout.trim();
}

testWithTools(
  'skopeo, the AWS CLI and dig see an image arrive, roll out and fail over',
  async () => {
    const image = sampleImage({ version: '1.0.0' });
    const layout = path.join(folder, 'image');
    writeOciLayout(layout, image, '1.0.0');
    const registry = (region: string) => status.regions[region]?.registry ?? '';
    const password = await aws<string>('us-east-1', 'ecr', 'get-login-password');
    await run('skopeo', [
      ...['copy', '--all', '--dest-tls-verify=false', '--dest-creds', `AWS:${password}`],
      ...[`oci:${layout}:1.0.0`, `docker://${registry('us-east-1')}/shop/storefront:1.0.0`],
    ]);
    const { digest } = image.index;
    const inspect = async (region: string) => {
      const from = `docker://${registry(region)}/shop/storefront@${digest}`;
      const args = ['inspect', '--raw', '--tls-verify=false', '--creds', `AWS:${password}`, from];
      return (await run('skopeo', args)).stdout;
    };
    const copy = await until('the copy', () => inspect('us-west-2').catch(() => undefined));
    expect(copy).toBe(await inspect('us-east-1'));

    for (const region of ['us-west-2', 'us-east-1']) {
      await until(`the digest in ${region}`, async () => {
        const service = ['--cluster', 'shop', '--services', 'storefront-web'];
        const { services } = await aws<{ services: { taskDefinition: string }[] }>(
          ...([region, 'ecs', 'describe-services', ...service] as const),
        );
        const name = services[0]?.taskDefinition ?? '';
        const { taskDefinition } = await aws<{
          taskDefinition: { containerDefinitions: { image: string }[] };
        }>(region, 'ecs', 'describe-task-definition', '--task-definition', name);
        return taskDefinition.containerDefinitions[0]?.image.endsWith(`@${digest}`) === true
          ? true
          : undefined;
      });
    }
    const answers = await Promise.all([
      aws('us-east-1', 'cloudwatch', 'describe-alarms'),
      aws('us-east-1', 'route53', 'list-resource-record-sets', '--hosted-zone-id', 'Z0SHOPEXAMPLE'),
      aws('us-east-1', 'dynamodb', 'scan', '--table-name', 'farshore-shop-journal'),
      aws('us-west-2', 'sns', 'list-topics'),
      aws('us-west-2', 'events', 'list-rules', '--event-bus-name', 'farshore-shop'),
    ]);
    expect(answers).toMatchObject([
      { MetricAlarms: expect.arrayContaining([expect.objectContaining({ Namespace: 'AWS/ECS' })]) },
      { ResourceRecordSets: expect.arrayContaining([expect.objectContaining({ TTL: 10 })]) },
      { Items: expect.arrayContaining([expect.objectContaining({ pk: expect.anything() })]) },
      { Topics: [{ TopicArn: expect.stringMatching(/farshore-shop-notices$/) }] },
      { Rules: expect.arrayContaining([expect.objectContaining({ State: 'ENABLED' })]) },
    ]);
    await expect(
      aws('us-east-1', 'ecs', 'list-attributes', '--target-type', 'container-instance'),
    ).rejects.toThrow(/does not implement ecs:ListAttributes/);

    expect(await dig('shop.example')).toBe('127.0.0.11');
    const broken = runCli(
      folder,
      'sandbox',
      'fault',
      'add',
      'region-down',
      '--region',
      'us-east-1',
    );
    expect(broken.status).toBe(0);
    await until('DNS to flip', async () =>
      (await dig('shop.example')) === '127.0.0.12' ? true : undefined,
    );
    const notices = () => {
      const { stdout } = runCli(folder, 'sandbox', 'inbox', '--json');
      const { messages } = JSON.parse(stdout) as {
        messages: { subject: string; attributes: Record<string, string> }[];
      };
      return messages.filter(
        ({ subject, attributes }) =>
          attributes['kind'] === 'failover-done' && subject.startsWith('storefront'),
      );
    };
    await until('the notice', () => notices()[0]);
    expect(notices()).toHaveLength(1);
  },
  PATIENCE_MS,
);

test(
  'Ctrl-C ends it at once and leaves nothing behind',
  async () => {
    const ended = new Promise((resolve) => sandbox.once('exit', resolve));
    sandbox.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(runCli(folder, 'sandbox', 'status').status).toBe(5);
  },
  PATIENCE_MS,
);
