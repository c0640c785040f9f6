import os from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsPorts } from '../aws/aws-ports.ts';
import { type ClientOptions, sqsClients } from '../aws/clients.ts';
import { SqsDeadLetters } from '../aws/sqs-dead-letters.ts';
import { journalRegions } from '../core/contract/fleet-rules.ts';
import type { Fleet } from '../core/contract/fleet.ts';
import { names } from '../core/contract/names.ts';
import { messageOf } from '../core/errors.ts';
import type { Ids, Ports } from '../core/ports.ts';
import type { SandboxStatus } from '../sandbox/local-cloud.ts';
import { CommandError, exitCode } from './exit-code.ts';
import { fleetPath, loadFleet } from './fleet-file.ts';
import type { Output } from './output.ts';
import { askSandbox, readSandboxState } from './sandbox-state.ts';
import type { Target, TargetOptions } from './target.ts';

/** Where a command acts, and how it gets there. */
export interface Place {
  readonly accountId: string;
  /** What a person is told about where the command acts. */
  readonly banner: string;
  /** The time there: a local cloud's runs faster. */
  readonly nowMs: () => number;
  readonly clients: ClientOptions;
  /** Who asks; the person at this machine when left out. */
  readonly actor?: string;
  /** Makes ids of requests; random ones when left out. */
  readonly ids?: Ids;
}

/** Opens the running local cloud, or with `--live` or without one the caller's account. */
export async function reachTarget(options: TargetOptions, output: Output): Promise<Target> {
  const fleet = loadFleet(fleetPath(options.fleet));
  const useSandbox = options.live !== true && readSandboxState() !== undefined;
  const place = useSandbox
    ? sandboxPlace(await askSandbox<SandboxStatus>('GET', 'status'))
    : await livePlace(fleet);
  output.note(`${place.banner}, fleet ${fleet.name}`);
  return targetOf(fleet, place, output);
}

/** A local cloud of this very process, whose clock can be read at any time. */
export function sandboxTarget(fleet: Fleet, status: () => SandboxStatus, output: Output): Target {
  const place = { ...sandboxPlace(status()), nowMs: () => status().nowMs };
  return targetOf(fleet, place, output);
}

/** A fleet that is deployed at a place. */
export function targetOf(fleet: Fleet, place: Place, output: Output): Target {
  const { accountId, nowMs, actor = `${os.userInfo().username}@${os.hostname()}` } = place;
  const { replicas } = journalRegions(fleet);
  const portsIn = (region: string): Ports =>
    awsPorts({
      fleet,
      region,
      accountId,
      journalTable: names.journalTable(fleet.name),
      journalRegions: [...replicas].sort((one, other) => rank(one, region) - rank(other, region)),
      busName: names.bus(fleet.name),
      topicArn: `arn:aws:sns:${region}:${accountId}:${names.topic(fleet.name)}`,
      queues: {},
      logger: {
        info: () => undefined,
        warn: (message) => {
          output.note(message);
        },
      },
      clock: { nowMs },
      clients: place.clients,
      ...(place.ids === undefined ? {} : { ids: place.ids }),
    });
  const sqs = sqsClients(place.clients);
  return {
    fleet,
    deadLetters: (region, name) =>
      new SqsDeadLetters(sqs(region), {
        queue: names.queue(fleet.name, name),
        deadLetters: names.deadLetterQueue(fleet.name, name),
      }),
    ports: portsIn(replicas[0] ?? ''),
    portsIn,
    apps: () => Object.keys(fleet.applications),
    requireApp: (name) => requireApp(fleet, name),
    requireApplication: (app) => {
      const application = fleet.applications[app];
      if (application === undefined) throw new Error(`unknown application ${app}`);
      return application;
    },
    nowMs,
    actor,
  };
}

/** The nearest journal region is asked first. */
function rank(candidate: string, region: string): number {
  return candidate === region ? 0 : 1;
}

function requireApp(fleet: Fleet, name: string): string {
  if (Object.hasOwn(fleet.applications, name)) return name;
  const known = Object.keys(fleet.applications).join(', ');
  throw new CommandError(
    exitCode.usage,
    `There is no application ${name}. The fleet has: ${known}.`,
  );
}

/** A local command names endpoint and keys itself: nothing real of the environment counts. */
function sandboxPlace({ gateway, accountId, ...status }: SandboxStatus): Place {
  const openedAtMs = Date.now();
  return {
    accountId,
    banner: `LOCAL CLOUD ${gateway}`,
    nowMs: () => status.nowMs + (Date.now() - openedAtMs) * status.speed,
    clients: {
      endpoint: gateway,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
  };
}

async function livePlace(fleet: Fleet): Promise<Place> {
  const region = journalRegions(fleet).replicas[0] ?? 'us-east-1';
  try {
    const identity = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    const accountId = identity.Account ?? '';
    return { accountId, banner: `LIVE ACCOUNT ${accountId}`, nowMs: Date.now, clients: {} };
  } catch (error) {
    throw new CommandError(
      exitCode.permission,
      `No local cloud runs here, and the AWS credentials do not work: ${messageOf(error)}\n` +
        'Start a local cloud with `npm start`, or log in to AWS.',
      { cause: error },
    );
  }
}
