import { invalidParameter } from './sns-errors.ts';

/** Kept and given back; delivery does not depend on them. */
const settable: readonly string[] = [
  'DeliveryPolicy',
  'DisplayName',
  'KmsMasterKeyId',
  'Policy',
  'SignatureVersion',
  'TracingConfig',
];

export function checkTopicAttribute(name: string): void {
  if (!settable.includes(name)) throw invalidParameter('AttributeName');
}
