import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { StaticOperationSchema } from '@smithy/types';
import { ecrPace, type PaceWatcher } from './ecr-pace.ts';
import { type ClientPlace, nameTheCall, renamed } from './name-the-call.ts';

/** A command as clients send it. */
export interface AwsCommand {
  readonly input: object;
  /** Names the service and the operation, and says what in and output are made of. */
  readonly schema: StaticOperationSchema;
}

/** Answers commands in a client's place: the local cloud of a rehearsal, or a test's stub. */
export type Answer = (command: AwsCommand) => Promise<object>;

export interface ClientOptions {
  /** Stands in for every client; none of the SDK is made then. */
  readonly answer?: (place: ClientPlace, patience: Patience) => Answer;
  /** Where every service is, instead of its own endpoint: the local cloud's gateway. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Of ECR alone, whose quotas a copy reaches. */
  readonly paceWatcher?: PaceWatcher;
}

/**
 * Makes the clients of one service, one for each region, when first asked for, and keeps them.
 * Every service has a function of its own, so a bundle holds only the services it calls.
 */
export type MakeClients<Client> = (options?: ClientOptions) => (region: string) => Client;

export const cloudWatchClients: MakeClients<CloudWatchClient> = (options) =>
  kept('CloudWatch', options, (settings) => new CloudWatchClient(settings));

/** The journal has another region to ask, so it gives up on a silent one sooner. */
export const dynamoDbClients: MakeClients<DynamoDBClient> = (options) =>
  kept('DynamoDB', options, (settings) => new DynamoDBClient(settings), {
    attempts: 2,
    connectMs: 1_000,
    requestMs: 2_000,
  });

/**
 * A part of a layer is up to 10 MiB, a third more in base64: 60 s asks for 2 Mbit/s. Throttles are
 * ordinary there; between tries the SDK waits as long as ECR asks, or with full jitter.
 */
export const ecrClients: MakeClients<ECRClient> = (options) =>
  kept(
    'ECR',
    options,
    (settings) => {
      const client = new ECRClient(settings);
      client.middlewareStack.use(ecrPace(settings.region, options?.paceWatcher));
      return client;
    },
    { ...usual, attempts: 5, requestMs: 60_000 },
  );

export const ecsClients: MakeClients<ECSClient> = (options) =>
  kept('ECS', options, (settings) => new ECSClient(settings));

export const elbClients: MakeClients<ElasticLoadBalancingV2Client> = (options) =>
  kept('ElasticLoadBalancingV2', options, (settings) => new ElasticLoadBalancingV2Client(settings));

export const eventBridgeClients: MakeClients<EventBridgeClient> = (options) =>
  kept('EventBridge', options, (settings) => new EventBridgeClient(settings));

/**
 * A user's function may promote a database; ours ends after 60 s and still writes that down. A
 * second attempt would run the user's function again while the first may still be at work.
 */
export const lambdaClients: MakeClients<LambdaClient> = (options) =>
  kept('Lambda', options, (settings) => new LambdaClient(settings), {
    ...usual,
    attempts: 1,
    requestMs: 50_000,
  });

/** A latch is a line of text; TLS guards it well enough. */
export const s3Clients: MakeClients<S3Client> = (options) =>
  kept('S3', options, (settings) => {
    return new S3Client({
      ...settings,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  });

export const snsClients: MakeClients<SNSClient> = (options) =>
  kept('SNS', options, (settings) => new SNSClient(settings));

/** A queue's address names a host of its own; the calls go to the endpoint that was asked for. */
export const sqsClients: MakeClients<SQSClient> = (options) =>
  kept('SQS', options, (settings) => new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }));

/** How long a call may take and how often it is tried; times in ms. */
export interface Patience {
  readonly attempts: number;
  readonly connectMs: number;
  readonly requestMs: number;
}

/** Patience with a call that should answer in milliseconds. */
const usual: Patience = { attempts: 3, connectMs: 2_000, requestMs: 5_000 };

/** The part of every client that takes plugins. */
interface Plugged {
  readonly middlewareStack: { use(plugin: ReturnType<typeof nameTheCall>): void };
}

function kept<Client extends Plugged>(
  service: string,
  options: ClientOptions = {},
  make: (settings: ReturnType<typeof settingsOf>) => Client,
  patience: Patience = usual,
): (region: string) => Client {
  const made = new Map<string, Client>();
  return (region) => {
    const known = made.get(region);
    if (known !== undefined) return known;
    const place = { service, region };
    const client =
      options.answer === undefined
        ? make(settingsOf(region, options, patience))
        : // Adapters send commands and ask nothing else of a client.
          (standIn(options.answer(place, patience), place) as unknown as Client);
    if (options.answer === undefined) client.middlewareStack.use(nameTheCall(place));
    made.set(region, client);
    return client;
  };
}

function standIn(answer: Answer, place: ClientPlace) {
  return {
    send: async (command: AwsCommand): Promise<object> => {
      try {
        return await answer(command);
      } catch (error) {
        throw renamed(error, place, command.schema[2]);
      }
    },
  };
}

/** Every option that matters, written out. */
function settingsOf(
  region: string,
  { endpoint, credentials }: ClientOptions,
  { attempts, connectMs, requestMs }: Patience,
) {
  return {
    region,
    retryMode: 'standard',
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: requestMs,
      throwOnRequestTimeout: true,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
