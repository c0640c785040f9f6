import { Command, InvalidArgumentError, Option } from 'commander';
import { CommandError, exitCode } from '../exit-code.ts';
import { type Output, table } from '../output.ts';
import { askSandbox, readSandboxState } from '../sandbox-state.ts';
import type { SandboxStatus } from '../../sandbox/local-cloud.ts';
import type { Fault } from '../../sandbox/faults.ts';
import type { InboxMessage } from '../../sandbox/services/sns/sns-model.ts';

/** World seconds per real second, unless told otherwise: minutes of AWS pass in a few seconds. */
const DEFAULT_SPEED = 10;
const SPEED_MAX = 100;

/** `farshore sandbox ...`: the local cloud, its faults, its load and what it was told to send. */
export function sandboxCommand(output: Output): Command {
  const sandbox = new Command('sandbox').description('The local cloud on this machine.');
  sandbox
    .command('up')
    .description('Deploy the synthesized templates to a local cloud and keep it up.')
    .option('--fleet <file>', 'the fleet file')
    .option('--speed <factor>', 'how fast its time passes', speed, DEFAULT_SPEED)
    .option('--gateway-port <port>', 'port of the AWS API (default: a free one)', port)
    .option('--dns-port <port>', 'port of the DNS server (default: a free one)', port)
    .action(async (options: { fleet?: string; speed: number; gatewayPort?: number }) => {
      const { sandboxUp } = await import('../sandbox-up.ts');
      await sandboxUp(options, output);
    });
  sandbox
    .command('status')
    .description('Where the local cloud listens.')
    .action(() => status(output));
  sandbox
    .command('inbox')
    .description('What SNS was asked to send, newest last.')
    .action(() => inbox(output));
  sandbox.addCommand(faultCommand(output));
  sandbox
    .command('load')
    .description('Put load on an application in one region; without a figure, take it away.')
    .argument('<app>')
    .requiredOption('--region <region>')
    .addOption(new Option('--rps <n>', 'requests per second').argParser(count).conflicts('cpu'))
    .addOption(new Option('--cpu <percent>', 'CPU of every task').argParser(count))
    .action(async (app: string, { region, rps, cpu }: LoadOptions) => {
      const load = {
        app,
        region,
        ...(rps !== undefined && { rps }),
        ...(cpu !== undefined && { cpu }),
      };
      const answer = await askSandbox<object>('POST', 'load', load);
      output.data(answer, `Load on ${app} in ${region} is set.`);
    });
  return sandbox;
}

interface LoadOptions {
  readonly region: string;
  readonly rps?: number;
  readonly cpu?: number;
}

function faultCommand(output: Output): Command {
  const fault = new Command('fault').description('Break the local cloud, and mend it.');
  fault
    .command('add')
    .description('Break something; docs/sandbox.md has the list.')
    .argument('<kind>')
    .requiredOption('--region <region>', 'where')
    .option('--to <region>', 'the other end of a cut link; `internet` is one too')
    .option('--one-way', 'cut the link in one direction only')
    .option('--service <service>', 'only calls to this service, or SERVICE/OPERATION')
    .option('--ms <n>', 'how much later a call or an event comes, in milliseconds', count)
    .option('--rate <share>', 'share of calls or events that are hit, above 0 and at most 1', count)
    .option('--source <source>', 'only events of this source, such as aws.ecr')
    .option('--namespace <namespace>', 'only metrics of this namespace, such as AWS/ECS')
    .action(async (kind: string, options: object) => {
      const fault = await askSandbox<Fault>('POST', 'faults', { kind, ...options });
      output.data({ fault }, `${fault.id}: ${fault.kind} in ${fault.region}`);
    });
  fault
    .command('list')
    .description('Faults that are in force.')
    .action(async () => {
      const { faults } = await askSandbox<{ faults: readonly Fault[] }>('GET', 'faults');
      const rows = faults.map(({ id, kind, region }) => [id, kind, region]);
      output.data({ faults }, rows.length === 0 ? 'No faults.' : table(rows));
    });
  fault
    .command('clear')
    .description('Mend one fault, or all.')
    .argument('[id]')
    .action(async (id: string | undefined) => {
      const answer = await askSandbox<object>('DELETE', 'faults', id === undefined ? {} : { id });
      output.data(answer, id === undefined ? 'All faults are cleared.' : `Fault ${id} is cleared.`);
    });
  return fault;
}

async function status(output: Output): Promise<void> {
  if (readSandboxState() === undefined && output.isJson) {
    output.data({ ready: false }, '');
    throw new CommandError(exitCode.notReady, 'No local cloud runs in this folder.');
  }
  const found = await askSandbox<SandboxStatus>('GET', 'status');
  const rows = Object.entries(found.regions).map(([region, { registry, endpoint, isUp }]) => [
    region,
    isUp ? 'up' : 'DOWN',
    `registry ${registry}`,
    `endpoint ${endpoint}`,
  ]);
  const head = `gateway ${found.gateway}\ndns     ${found.dns}\nspeed   ${found.speed}x`;
  output.data(found, `${head}\n${table(rows)}`);
}

async function inbox(output: Output): Promise<void> {
  const { messages } = await askSandbox<{ messages: readonly InboxMessage[] }>('GET', 'inbox');
  const text = messages.map(
    (message) =>
      `${new Date(message.atMs).toISOString()}  ${message.region}  ${message.subject ?? ''}\n` +
      `${message.text}\n`,
  );
  output.data({ messages }, text.length === 0 ? 'Nothing was sent.' : text.join('\n'));
}

function speed(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= SPEED_MAX) return value;
  throw new InvalidArgumentError(`Write a number above 0 and at most ${SPEED_MAX}.`);
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new InvalidArgumentError('Write a port from 1 to 65535.');
}

function count(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0) return value;
  throw new InvalidArgumentError('Write a number of 0 or more.');
}
