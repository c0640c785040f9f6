import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

/** Everything a deployed function is told; the sweep's, which knows every queue. */
export const functionEnvironment = {
  AWS_REGION: 'us-east-1',
  JOURNAL_TABLE: 'farshore-shop-journal',
  JOURNAL_REGIONS: 'us-east-1,us-west-2,us-east-2',
  BUS_NAME: 'farshore-shop',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:farshore-shop-notices',
  ACCOUNT_ID: '123456789012',
  POWERTOOLS_SERVICE_NAME: 'a-function',
  QUEUE_URL: 'https://sqs/own',
  DEAD_LETTER_QUEUE_URL: 'https://sqs/dead',
  REPLICATION_QUEUE_URL: 'https://sqs/replication',
  ROLLOUT_QUEUE_URL: 'https://sqs/rollout',
  SCALING_QUEUE_URL: 'https://sqs/scaling',
  FAILOVER_QUEUE_URL: 'https://sqs/failover',
} as const;

export interface Message {
  readonly body: string;
  readonly receives?: number;
}

/** Messages as SQS hands them to a function; the first has the id `message-1`. */
export function sqsEvent(messages: readonly Message[]): SQSEvent {
  return { Records: messages.map(sqsRecord) };
}

function sqsRecord({ body, receives = 1 }: Message, index: number): SQSRecord {
  return {
    messageId: `message-${index + 1}`,
    receiptHandle: 'handle',
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:own',
    awsRegion: 'us-east-1',
  };
}

/** The surroundings of one invocation with this much time left, in ms. */
export function lambdaContext(remainingMs = 30_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'a-function',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:a-function',
    memoryLimitInMB: '512',
    awsRequestId: 'request-1',
    logGroupName: 'group',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => remainingMs,
  } as Context;
}
