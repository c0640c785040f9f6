import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { AwsSetting, StandIns } from '../../aws/aws-setting.ts';
import { sqsClients } from '../../aws/clients.ts';
import { controlPorts } from '../../aws/control-ports.ts';
import { SqsQueue } from '../../aws/sqs-queue.ts';
import type { QueueUrls } from '../../aws/sqs-wakes.ts';
import type { Fleet } from '../../core/contract/fleet.ts';
import { type FunctionName, functions } from '../../core/contract/functions.ts';
import type { ControlPorts } from '../../core/ports.ts';
import { type After, type Work, workThroughBatch } from './message-batch.ts';
import { type Environment, readEnv } from './read-env.ts';
import { readFleet } from './read-fleet.ts';
import { type FunctionTelemetry, Telemetry } from './telemetry.ts';

/** What a function is composed from. */
export interface Setting {
  readonly fleet: Fleet;
  readonly ports: ControlPorts;
  /** What the adapters of the other ports are made from; a function adds those that it uses. */
  readonly aws: AwsSetting;
  /** The function's own queue: what it sends there comes back to it. */
  readonly queue: SqsQueue;
  readonly telemetry: FunctionTelemetry;
}

/** What stands in for the deployed surroundings, in tests and in the local cloud. */
export interface Surroundings extends StandIns {
  readonly fleet?: Fleet;
  /** What a function says about itself; by default it writes log lines. */
  readonly telemetry?: FunctionTelemetry;
  /** Runs something later; by default on this machine's clock. */
  readonly after?: After;
}

/** Makes the handler of one function for an environment. */
export type Compose = (environment: Environment, surroundings?: Surroundings) => Handler;

export type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * Builds the handler of a function that is fed by a queue. All that can be wrong with its
 * surroundings is found here, when the function starts, and not with the first event.
 */
export function lambdaHandler(
  name: FunctionName,
  environment: Environment,
  compose: (setting: Setting) => Work,
  surroundings: Surroundings = {},
): Handler {
  const { env, region } = readEnv(name, environment);
  const { fleet = readFleet(), after, ...standIns } = surroundings;
  const telemetry = surroundings.telemetry ?? new Telemetry(env.POWERTOOLS_SERVICE_NAME, region);
  const aws: AwsSetting = {
    ...standIns,
    fleet,
    region,
    accountId: env.ACCOUNT_ID,
    journalTable: env.JOURNAL_TABLE,
    journalRegions: env.JOURNAL_REGIONS.split(','),
    busName: env.BUS_NAME,
    topicArn: env.TOPIC_ARN,
    queues: queuesOf(name, env),
    logger: telemetry.port,
  };
  const sqs = sqsClients(aws.clients);
  const ports = controlPorts(aws, sqs);
  const queue = (url: string) => new SqsQueue(sqs(region), url);
  const own = queue(env.QUEUE_URL);
  const work = compose({ fleet, ports, aws, telemetry, queue: own });
  const deadLetters = queue(env.DEAD_LETTER_QUEUE_URL);

  const end = () => {
    telemetry.end();
  };
  // The batch keeps its own deadline, message by message, so middy's is switched off.
  return middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: 0 })
    .before(({ context }) => {
      telemetry.begin(context);
    })
    .after(end)
    .onError(end)
    .handler((event: SQSEvent, context: Context) =>
      workThroughBatch(event.Records, {
        work,
        queue: own,
        deadLetters,
        telemetry,
        nowMs: () => ports.clock.nowMs(),
        remainingMs: () => context.getRemainingTimeInMillis(),
        ...(after !== undefined && { after }),
      }),
    );
}

/** A loop wakes itself; the sweep and the probes wake the loops they are told of. */
function queuesOf(
  name: FunctionName,
  env: { readonly QUEUE_URL: string } & Readonly<Record<string, string>>,
): QueueUrls {
  const { loop } = functions[name];
  const named = {
    replication: env['REPLICATION_QUEUE_URL'],
    rollout: env['ROLLOUT_QUEUE_URL'],
    scaling: env['SCALING_QUEUE_URL'],
    failover: env['FAILOVER_QUEUE_URL'],
  };
  const known = Object.entries(named).filter(([, url]) => url !== undefined);
  return { ...Object.fromEntries(known), ...(loop === undefined ? {} : { [loop]: env.QUEUE_URL }) };
}
