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
import type { MiddlewareStack } from '@smithy/types';
import { nameTheCall } from './name-the-call.ts';

/** What a test or the local cloud installs on every client, whatever its service. */
export interface ClientPlugin {
  applyToStack<Input extends object, Output extends object>(
    stack: MiddlewareStack<Input, Output>,
  ): void;
}

export interface ClientOptions {
  /** Made for each client; the client's own name stands in the context of every call. */
  readonly plugin?: (region: string) => ClientPlugin;
  /** Where every service is, instead of its own endpoint: the local cloud's gateway. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A client of each service in each region, made when first asked for and kept. */
export interface Clients {
  readonly cloudwatch: (region: string) => CloudWatchClient;
  readonly dynamodb: (region: string) => DynamoDBClient;
  readonly ecr: (region: string) => ECRClient;
  readonly ecs: (region: string) => ECSClient;
  readonly elb: (region: string) => ElasticLoadBalancingV2Client;
  readonly eventbridge: (region: string) => EventBridgeClient;
  readonly lambda: (region: string) => LambdaClient;
  readonly s3: (region: string) => S3Client;
  readonly sns: (region: string) => SNSClient;
  readonly sqs: (region: string) => SQSClient;
}

/** Patience with a call that should answer in milliseconds. */
const ATTEMPTS = 3;
const CONNECT_MS_MAX = 2_000;
const REQUEST_MS_MAX = 5_000;

/** A part of a layer is up to 10 MiB, a third more in base64: 60 s asks for 2 Mbit/s. */
const LAYER_PART_MS_MAX = 60_000;

/** A user's function may promote a database; ours ends after 60 s and still writes that down. */
const HOOK_MS_MAX = 50_000;

/** The journal has another region to ask, so it gives up on a silent one sooner. */
const JOURNAL_ATTEMPTS = 2;
const JOURNAL_CONNECT_MS_MAX = 1_000;
const JOURNAL_REQUEST_MS_MAX = 2_000;

/** Makes the clients with every option that matters written out. */
export function clients(options: ClientOptions = {}): Clients {
  const settings = (requestTimeout: number, attempts = ATTEMPTS, connect = CONNECT_MS_MAX) => ({
    retryMode: 'standard',
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: connect, requestTimeout, throwOnRequestTimeout: true },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  const usual = settings(REQUEST_MS_MAX);
  const journal = settings(JOURNAL_REQUEST_MS_MAX, JOURNAL_ATTEMPTS, JOURNAL_CONNECT_MS_MAX);
  const layers = settings(LAYER_PART_MS_MAX);
  // A second attempt would run the user's function again while the first may still be at work.
  const hook = settings(HOOK_MS_MAX, 1);
  const checksums = {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;
  const queues = { useQueueUrlAsEndpoint: false };

  const kept = <Client extends Plugged>(
    make: (region: string) => Client,
  ): ((region: string) => Client) => {
    const made = new Map<string, Client>();
    return (region) => {
      const client = made.get(region) ?? plugged(make(region), region, options);
      made.set(region, client);
      return client;
    };
  };
  return {
    cloudwatch: kept((region) => new CloudWatchClient({ ...usual, region })),
    dynamodb: kept((region) => new DynamoDBClient({ ...journal, region })),
    ecr: kept((region) => new ECRClient({ ...layers, region })),
    ecs: kept((region) => new ECSClient({ ...usual, region })),
    elb: kept((region) => new ElasticLoadBalancingV2Client({ ...usual, region })),
    eventbridge: kept((region) => new EventBridgeClient({ ...usual, region })),
    lambda: kept((region) => new LambdaClient({ ...hook, region })),
    s3: kept((region) => new S3Client({ ...usual, ...checksums, region })),
    sns: kept((region) => new SNSClient({ ...usual, region })),
    sqs: kept((region) => new SQSClient({ ...usual, ...queues, region })),
  };
}

/** The part of every client that takes plugins. */
interface Plugged {
  readonly middlewareStack: { use(plugin: ClientPlugin): void };
}

function plugged<Client extends Plugged>(
  client: Client,
  region: string,
  { plugin }: ClientOptions,
): Client {
  client.middlewareStack.use(nameTheCall(region));
  if (plugin !== undefined) client.middlewareStack.use(plugin(region));
  return client;
}
