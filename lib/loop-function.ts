import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  type FunctionEnv,
  type FunctionName,
  functions,
  MAX_RECEIVES,
  VISIBILITY_TIMEOUTS,
} from '../core/contract/functions.ts';
import { names } from '../core/contract/names.ts';
import type { Foundation } from './foundation.ts';
import { functionCode } from './function-bundles.ts';
import { explainWildcards, type Permission, statementOf } from './permission.ts';

/** What SQS keeps a dead letter for, at most; time for a person to look and redrive. */
const DEAD_LETTER_RETENTION = Duration.days(14);

/** How many copies of one function may run at once; SQS takes 2 or more. */
const MAX_CONCURRENCY = 5;

type ProvidedKey = keyof FunctionEnv<'replicate-image'>;

export interface LoopFunctionProps<Name extends FunctionName> {
  readonly name: Name;
  readonly foundation: Foundation;
  /** The part of the environment that only this function has. */
  readonly environment: Readonly<Record<Exclude<keyof FunctionEnv<Name>, ProvidedKey>, string>>;
  /** What this function may do beyond the journal, its own queue and notices. */
  readonly permissions: readonly Permission[];
  /**
   * How many messages one run takes.
   * @default 1
   */
  readonly batchSize?: number;
}

/**
 * A function behind its own queue: every function of Farshore is one of these. A message that fails
 * five times becomes a dead letter, where an alarm sees it.
 */
export class LoopFunction<Name extends FunctionName = FunctionName> extends Construct {
  readonly name: Name;
  readonly function: LambdaFunction;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: LoopFunctionProps<Name>) {
    super(scope, id);
    const { name, foundation } = props;
    const { fleet } = foundation;
    const timeout = Duration.seconds(functions[name].timeoutSeconds);
    this.name = name;
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      queueName: names.deadLetterQueue(fleet.name, name),
      retentionPeriod: DEAD_LETTER_RETENTION,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: names.queue(fleet.name, name),
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * VISIBILITY_TIMEOUTS),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    const provided = {
      ...foundation.environment(name),
      QUEUE_URL: this.queue.queueUrl,
      DEAD_LETTER_QUEUE_URL: this.deadLetterQueue.queueUrl,
    } satisfies Record<ProvidedKey, string>;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${names.function(fleet.name, name)}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      functionName: names.function(fleet.name, name),
      description: `Farshore ${fleet.name}: ${functions[name].loop ?? name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: functionCode(name, fleet),
      timeout,
      memorySize: functions[name].memoryMb,
      environment: { ...provided, ...props.environment },
      logGroup,
      role: this.#role([...foundation.permissions, ...props.permissions], logGroup),
      // A loop wakes itself through its own queue for as long as there is something to watch;
      // Lambda would take that for a runaway after 16 rounds and drop the message.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    this.function.addEventSourceMapping('Messages', {
      eventSourceArn: this.queue.queueArn,
      batchSize: props.batchSize ?? 1,
      reportBatchItemFailures: true,
      maxConcurrency: MAX_CONCURRENCY,
    });
  }

  #role(permissions: readonly Permission[], logGroup: LogGroup): Role {
    const all = [...permissions, ...this.#ownPermissions(logGroup)];
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Function: new PolicyDocument({
          statements: all.flatMap((each) => statementOf(each) ?? []),
        }),
      },
    });
    explainWildcards(role, all);
    return role;
  }

  #ownPermissions(logGroup: LogGroup): readonly Permission[] {
    return [
      {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
        because: "Lambda writes the log of the function with the function's role.",
      },
      {
        actions: [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:SendMessage',
          'sqs:ChangeMessageVisibility',
        ],
        resources: [this.queue.queueArn],
        because:
          "Lambda receives with the function's role; the function wakes itself again later, and " +
          'gives failed messages back soon.',
      },
      {
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetterQueue.queueArn],
        because: 'A message that no retry can help becomes a dead letter at once.',
      },
    ];
  }
}
