import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { Cancel, World } from '../../world.ts';
import { numberAttribute, redrivePolicyOf, type QueueAttributes } from './queue-attributes.ts';
import { ServiceError } from '../../service-model.ts';

/** A message as it waits in a queue. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly senderId: string;
  readonly sentAtMs: number;
  readonly traceHeader: string | undefined;
  readonly deadLetterSourceArn: string | undefined;
}

/** A message as one receiver sees it. */
export interface ReceivedMessage extends QueuedMessage {
  readonly receiptHandle: string;
  readonly receiveCount: number;
  readonly firstReceivedAtMs: number;
}

interface Held {
  readonly message: QueuedMessage;
  visibleAtMs: number;
  receiveCount: number;
  firstReceivedAtMs: number;
  isInFlight: boolean;
}

export interface QueueOptions {
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  /** Takes a message that was received too often; false when there is no such queue. */
  readonly moveToDeadLetters: (arn: string, message: QueuedMessage) => boolean;
}

/** One standard queue: at least once, nearly in order, hidden while somebody works on a message. */
export class Queue {
  readonly options: QueueOptions;
  attributes: QueueAttributes;
  modifiedAtMs: number;
  readonly #world: World;
  readonly #held = new Map<string, Held>();
  readonly #watchers = new Set<() => void>();
  #wake: { readonly atMs: number; readonly cancel: Cancel } | undefined;

  constructor(world: World, options: QueueOptions, attributes: QueueAttributes) {
    this.#world = world;
    this.options = options;
    this.attributes = attributes;
    this.modifiedAtMs = options.createdAtMs;
  }

  add(message: QueuedMessage, delayMs: number): void {
    const visibleAtMs = this.#world.nowMs() + delayMs;
    const fresh = { message, visibleAtMs, receiveCount: 0, firstReceivedAtMs: 0 };
    this.#held.set(message.id, { ...fresh, isInFlight: false });
    if (delayMs > 0) this.#planWake(visibleAtMs);
    else this.#tellWatchers();
  }

  receive(countMax: number, visibilityMs: number): readonly ReceivedMessage[] {
    this.#dropExpired();
    const received: ReceivedMessage[] = [];
    for (const held of this.#held.values()) {
      if (received.length >= countMax) break;
      if (held.visibleAtMs > this.#world.nowMs() || this.#redrive(held)) continue;
      received.push(this.#handOut(held, visibilityMs));
    }
    return received;
  }

  /** Only the newest receipt deletes; an older one is accepted and changes nothing. */
  delete(receiptHandle: string): void {
    const held = this.#byReceipt(receiptHandle);
    if (held !== undefined) this.#held.delete(held.message.id);
  }

  changeVisibility(receiptHandle: string, visibilityMs: number): void {
    const held = this.#byReceipt(receiptHandle);
    const isHidden = held !== undefined && held.visibleAtMs > this.#world.nowMs();
    if (!isHidden || !held.isInFlight) {
      throw invalidState(receiptHandle);
    }
    held.visibleAtMs = this.#world.nowMs() + visibilityMs;
    if (visibilityMs > 0) this.#planWake(held.visibleAtMs);
    else this.#tellWatchers();
  }

  purge(): void {
    this.#held.clear();
  }

  /** Tells a listener each time a message may have become visible. */
  watch(listener: () => void): Cancel {
    this.#watchers.add(listener);
    const nowMs = this.#world.nowMs();
    const later = [...this.#held.values()].map((held) => held.visibleAtMs);
    for (const atMs of later) if (atMs > nowMs) this.#planWake(atMs);
    return () => {
      this.#watchers.delete(listener);
    };
  }

  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    this.#dropExpired();
    const held = [...this.#held.values()];
    const hidden = held.filter(({ visibleAtMs }) => visibleAtMs > this.#world.nowMs());
    const inFlight = hidden.filter(({ isInFlight }) => isInFlight).length;
    return {
      visible: held.length - hidden.length,
      inFlight,
      delayed: hidden.length - inFlight,
    };
  }

  #handOut(held: Held, visibilityMs: number): ReceivedMessage {
    const nowMs = this.#world.nowMs();
    held.receiveCount += 1;
    held.firstReceivedAtMs = held.receiveCount === 1 ? nowMs : held.firstReceivedAtMs;
    held.visibleAtMs = nowMs + visibilityMs;
    held.isInFlight = true;
    this.#planWake(held.visibleAtMs);
    const { receiveCount, firstReceivedAtMs, message } = held;
    const handle = [this.options.arn, message.id, receiveCount].join(' ');
    const receiptHandle = Buffer.from(handle).toString('base64');
    return { ...message, receiptHandle, receiveCount, firstReceivedAtMs };
  }

  #redrive(held: Held): boolean {
    const policy = redrivePolicyOf(this.attributes);
    if (policy === undefined || held.receiveCount < policy.maxReceiveCount) return false;
    const { message } = held;
    const moved = { ...message, deadLetterSourceArn: this.options.arn };
    if (!this.options.moveToDeadLetters(policy.deadLetterTargetArn, moved)) return false;
    this.#held.delete(message.id);
    return true;
  }

  #byReceipt(receiptHandle: string): Held | undefined {
    const [arn, id, count] = Buffer.from(receiptHandle, 'base64').toString().split(' ');
    if (arn !== this.options.arn || id === undefined || count === undefined) {
      throw new ServiceError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
      );
    }
    const held = this.#held.get(id);
    return held?.receiveCount === Number(count) ? held : undefined;
  }

  #dropExpired(): void {
    const keptMs = numberAttribute(this.attributes, 'MessageRetentionPeriod') * 1_000;
    for (const [id, { message }] of this.#held) {
      if (message.sentAtMs + keptMs <= this.#world.nowMs()) this.#held.delete(id);
    }
  }

  /** One planned event for the earliest message that comes back, and only while anyone waits. */
  #planWake(atMs: number): void {
    if (this.#watchers.size === 0) return;
    if (this.#wake !== undefined && this.#wake.atMs <= atMs) return;
    this.#wake?.cancel();
    const delayMs = atMs - this.#world.nowMs();
    const cancel = this.#world.after(delayMs, `sqs ${this.options.name} visible`, () => {
      this.#wake = undefined;
      this.#tellWatchers();
      this.#planNextWake();
    });
    this.#wake = { atMs, cancel };
  }

  #planNextWake(): void {
    const nowMs = this.#world.nowMs();
    const later = [...this.#held.values()].map((held) => held.visibleAtMs);
    const next = Math.min(...later.filter((atMs) => atMs > nowMs));
    if (Number.isFinite(next)) this.#planWake(next);
  }

  #tellWatchers(): void {
    for (const listener of [...this.#watchers]) listener();
  }
}

function invalidState(receiptHandle: string): ServiceError {
  return new ServiceError(
    'MessageNotInflight',
    `The message referred to by ${receiptHandle} isn't in flight.`,
  );
}
