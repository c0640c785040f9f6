import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { ServiceError } from '../../service-model.ts';
import type { Call, Hub, Operation, QueueDelivery, Service } from '../../service-model.ts';
import type { Cancel, World } from '../../world.ts';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
} from './change-message-visibility.ts';
import { createQueue } from './create-queue.ts';
import { deleteMessage, deleteMessageBatch } from './delete-message.ts';
import { getQueueAttributes } from './get-queue-attributes.ts';
import { getQueueUrl } from './get-queue-url.ts';
import { listQueues } from './list-queues.ts';
import { checkMessage } from './message-limits.ts';
import { purgeQueue } from './purge-queue.ts';
import { changedAttributes, numberAttribute, type QueueAttributes } from './queue-attributes.ts';
import { maySend } from './queue-policy.ts';
import { Queue, type QueuedMessage, type ReceivedMessage } from './queue.ts';
import { receiveMessage } from './receive-message.ts';
import { sendMessage, sendMessageBatch } from './send-message.ts';
import { setQueueAttributes } from './set-queue-attributes.ts';
import { queueDoesNotExist } from './sqs-errors.ts';

export interface SqsOptions {
  readonly accountId: string;
  /** Where the gateway listens, such as `http://127.0.0.1:4566`; queue URLs start with it. */
  readonly queueUrlBase: () => string;
}

/** A message as a sender gives it. */
export interface MessageToSend {
  readonly body: string;
  readonly delaySeconds?: number | undefined;
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>> | undefined;
  readonly senderId: string;
  readonly traceHeader?: string | undefined;
}

/** SQS standard queues of every region. */
export class SqsModel {
  readonly service: Service;
  readonly #world: World;
  readonly #hub: Hub;
  readonly #options: SqsOptions;
  readonly #queues = new Map<string, Queue>();

  constructor(world: World, hub: Hub, options: SqsOptions) {
    this.#world = world;
    this.#hub = hub;
    this.#options = options;
    this.service = { id: 'sqs', iamPrefix: 'sqs', operations: operationsOf(this) };
  }

  create(region: string, name: string, attributes: QueueAttributes): Queue {
    const arn = this.arnOf(region, name);
    const moveToDeadLetters = (target: string, message: QueuedMessage): boolean => {
      const queue = this.#queues.get(target);
      queue?.add(message, 0);
      return queue !== undefined;
    };
    const options = { region, name, arn, createdAtMs: this.#world.nowMs(), moveToDeadLetters };
    const queue = new Queue(this.#world, options, changedAttributes(undefined, attributes));
    this.#queues.set(arn, queue);
    return queue;
  }

  find(region: string, name: string): Queue | undefined {
    return this.#queues.get(this.arnOf(region, name));
  }

  /** The queue that a URL names in the region of the call. */
  queueOf(call: Call, queueUrl: string | undefined): Queue {
    const queue = this.find(call.region, queueNameOf(queueUrl));
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  queuesIn(region: string): readonly Queue[] {
    return [...this.#queues.values()].filter((queue) => queue.options.region === region);
  }

  urlOf(name: string): string {
    return `${this.#options.queueUrlBase()}/${this.#options.accountId}/${name}`;
  }

  arnOf(region: string, name: string): string {
    return `arn:aws:sqs:${region}:${this.#options.accountId}:${name}`;
  }

  /** The resource of a call on one queue, for its caller's policy. */
  resourceOf(call: Call, queueUrl: string | undefined): readonly string[] {
    return [this.arnOf(call.region, queueNameOf(queueUrl))];
  }

  send(queue: Queue, message: MessageToSend): QueuedMessage {
    checkMessage(queue.attributes, message);
    const delaySeconds = message.delaySeconds ?? numberAttribute(queue.attributes, 'DelaySeconds');
    const queued: QueuedMessage = {
      id: this.#world.random.uuid(),
      body: message.body,
      attributes: message.attributes ?? {},
      senderId: message.senderId,
      sentAtMs: this.#world.nowMs(),
      traceHeader: message.traceHeader,
      deadLetterSourceArn: undefined,
    };
    queue.add(queued, delaySeconds * 1_000);
    return queued;
  }

  /**
   * A delivery by an AWS service. It needs a statement in the queue's policy, unless it was made
   * under a role, as Scheduler's are.
   * @throws ServiceError for a queue that is missing, down, or does not let the service in.
   */
  deliver(queueArn: string, body: string, options: QueueDelivery = {}): void {
    const queue = this.#reachable(queueArn);
    const { accountId } = this.#options;
    const { service, sourceArn, roleArn } = options;
    const request = { queueArn, accountId, service, sourceArn };
    if (roleArn === undefined && !maySend(queue.attributes['Policy'], request)) {
      throw new ServiceError(
        'AccessDeniedException',
        `${service ?? 'The service'} may not send to ${queueArn}: its policy has no statement ` +
          'that allows sqs:SendMessage to it. Add one.',
        { httpStatus: 403 },
      );
    }
    const attributes = Object.entries(options.attributes ?? {}).map(
      ([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const,
    );
    this.send(queue, {
      body,
      delaySeconds: options.delaySeconds,
      attributes: Object.fromEntries(attributes),
      senderId: roleArn ?? service ?? 'aws-service',
    });
  }

  /** For event source mappings: whether a queue exists and what its messages are hidden for. */
  visibilitySeconds(queueArn: string): number | undefined {
    const queue = this.#queues.get(queueArn);
    return queue && numberAttribute(queue.attributes, 'VisibilityTimeout');
  }

  /** For event source mappings: tells of messages that may have become visible. */
  watch(queueArn: string, listener: () => void): Cancel {
    return this.#existing(queueArn).watch(listener);
  }

  /** For event source mappings: takes messages, hidden for the queue's visibility timeout. */
  receive(queueArn: string, countMax: number): readonly ReceivedMessage[] {
    const queue = this.#existing(queueArn);
    const seconds = numberAttribute(queue.attributes, 'VisibilityTimeout');
    return queue.receive(countMax, seconds * 1_000);
  }

  /** For event source mappings: deletes what was worked off. */
  remove(queueArn: string, receiptHandle: string): void {
    this.#existing(queueArn).delete(receiptHandle);
  }

  #reachable(queueArn: string): Queue {
    const queue = this.#existing(queueArn);
    if (!this.#hub.isUp(queue.options.region)) {
      throw new ServiceError('ServiceUnavailable', `SQS in ${queue.options.region} is down`, {
        httpStatus: 503,
      });
    }
    return queue;
  }

  #existing(queueArn: string): Queue {
    const queue = this.#queues.get(queueArn);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }
}

function operationsOf(model: SqsModel): Readonly<Record<string, Operation>> {
  return {
    ChangeMessageVisibility: changeMessageVisibility(model),
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch(model),
    CreateQueue: createQueue(model),
    DeleteMessage: deleteMessage(model),
    DeleteMessageBatch: deleteMessageBatch(model),
    GetQueueAttributes: getQueueAttributes(model),
    GetQueueUrl: getQueueUrl(model),
    ListQueues: listQueues(model),
    PurgeQueue: purgeQueue(model),
    ReceiveMessage: receiveMessage(model),
    SendMessage: sendMessage(model),
    SendMessageBatch: sendMessageBatch(model),
    SetQueueAttributes: setQueueAttributes(model),
  };
}

function queueNameOf(queueUrl: string | undefined): string {
  return queueUrl?.split('/').at(-1) ?? '';
}
