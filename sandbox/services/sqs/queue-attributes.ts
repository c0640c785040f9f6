import { invalidParameter, unsupported } from './sqs-errors.ts';
import { ServiceError } from '../../service-model.ts';

export type QueueAttributes = Readonly<Record<string, string>>;

/** Where a queue puts messages that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** 1 MiB since August 2025. */
export const MESSAGE_BYTES_MAX = 1_024 * 1_024;

const defaults: QueueAttributes = {
  DelaySeconds: '0',
  MaximumMessageSize: String(MESSAGE_BYTES_MAX),
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  VisibilityTimeout: '30',
  SqsManagedSseEnabled: 'true',
};

const ranges: Readonly<Record<string, readonly [min: number, max: number]>> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1_024, MESSAGE_BYTES_MAX],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};

/** Kept and given back; they change nothing here. */
const inert = [
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'RedriveAllowPolicy',
  'SqsManagedSseEnabled',
];

/** The settable attributes after a change; an empty policy takes one away. */
export function changedAttributes(
  before: QueueAttributes | undefined,
  changes: QueueAttributes,
): QueueAttributes {
  for (const [name, value] of Object.entries(changes)) checkAttribute(name, value);
  const merged = Object.entries({ ...(before ?? defaults), ...changes });
  return Object.fromEntries(merged.filter(([, value]) => value !== ''));
}

/** A whole number that every queue has. */
export function numberAttribute(attributes: QueueAttributes, name: string): number {
  return Number(attributes[name] ?? defaults[name]);
}

export function redrivePolicyOf(attributes: QueueAttributes): RedrivePolicy | undefined {
  const text = attributes['RedrivePolicy'];
  if (text === undefined) return undefined;
  const policy: unknown = JSON.parse(text);
  const { deadLetterTargetArn, maxReceiveCount } = policy as Partial<RedrivePolicy>;
  return {
    deadLetterTargetArn: deadLetterTargetArn ?? '',
    maxReceiveCount: Number(maxReceiveCount),
  };
}

function checkAttribute(name: string, value: string): void {
  const range = ranges[name];
  if (range !== undefined) {
    const number = Number(value);
    const isInside = /^\d+$/.test(value) && number >= range[0] && number <= range[1];
    if (!isInside) throw invalidAttribute(name);
  } else if (name === 'RedrivePolicy') checkRedrivePolicy(value);
  else if (name === 'Policy') checkJson(name, value);
  else if (name === 'FifoQueue' || name === 'ContentBasedDeduplication') {
    if (value !== 'false') throw unsupported('FIFO queues');
  } else if (!inert.includes(name)) {
    throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
}

function checkRedrivePolicy(value: string): void {
  if (value === '') return;
  checkJson('RedrivePolicy', value);
  const policy = redrivePolicyOf({ RedrivePolicy: value });
  const count = policy?.maxReceiveCount ?? 0;
  const isCount = Number.isInteger(count) && count >= 1 && count <= 1_000;
  if (!isCount || policy?.deadLetterTargetArn.startsWith('arn:') !== true) {
    throw invalidParameter(
      value,
      'RedrivePolicy',
      'It needs deadLetterTargetArn and a maxReceiveCount from 1 to 1000.',
    );
  }
}

function checkJson(name: string, value: string): void {
  if (value === '') return;
  try {
    JSON.parse(value);
  } catch (error) {
    throw Object.assign(invalidAttribute(name), { cause: error });
  }
}

function invalidAttribute(name: string): ServiceError {
  return new ServiceError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}
