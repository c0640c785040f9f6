import { isIPv4, isIPv6 } from 'node:net';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import { normalName } from './hosted-zone.ts';
import type { RecordSet } from './hosted-zone.ts';

const supportedTypes = ['A', 'AAAA', 'CNAME', 'TXT', 'NS', 'SOA'];
const unsupportedMembers = [
  'GeoLocation',
  'GeoProximityLocation',
  'CidrRoutingConfig',
  'TrafficPolicyInstanceId',
] as const;

/**
 * The record set of a change, normalised.
 * @throws ServiceError InvalidInput, also for what the local cloud does not implement
 */
export function checkRecordSet(change: Change): RecordSet {
  const set = change.ResourceRecordSet;
  const where = placeOf(change);
  if (set?.Name === undefined || set.Type === undefined) {
    throw invalid(`Missing field 'Name' or 'Type' ${where}`);
  }
  checkSupport(set, where);
  checkPolicy(set, where);
  checkContent(set, where);
  const record = { ...set, Name: normalName(set.Name), Type: set.Type };
  const { AliasTarget: alias } = set;
  if (alias === undefined) return record;
  return { ...record, AliasTarget: { ...alias, DNSName: normalName(alias.DNSName ?? '') } };
}

function placeOf({ Action: action, ResourceRecordSet: set }: Change): string {
  const { Name: name, Type: type, SetIdentifier: identifier = 'null' } = set ?? {};
  return (
    `in Change with [Action=${action ?? ''}, Name=${name ?? ''}, Type=${type ?? ''}, ` +
    `SetIdentifier=${identifier}]`
  );
}

function checkContent(set: ResourceRecordSet, where: string): void {
  const { AliasTarget: alias, ResourceRecords: values = [] } = set;
  const isPlain = set.TTL !== undefined && values.length > 0;
  if (isPlain === (alias !== undefined)) {
    throw invalid(
      `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], ` +
        `or TrafficPolicyInstanceId], but found ${isPlain ? 'both' : 'none'} ${where}`,
    );
  }
  for (const { Value: value = '' } of values) checkValue(set.Type ?? '', value);
}

function checkSupport(set: ResourceRecordSet, where: string): void {
  if (!supportedTypes.includes(set.Type ?? '')) {
    throw invalid(`The local cloud does not implement records of type ${set.Type ?? ''} ${where}`);
  }
  const foreign = unsupportedMembers.find((member) => set[member] !== undefined);
  if (foreign === undefined) return;
  throw invalid(`The local cloud does not implement ${foreign} ${where}`);
}

/** `[name='x.', type='A', set identifier='one']`, as Route 53's messages name a record set. */
export function describeRecord(record: RecordSet): string {
  const identifier = record.SetIdentifier;
  const suffix = identifier === undefined ? '' : `, set identifier='${identifier}'`;
  return `[name='${record.Name}', type='${record.Type}'${suffix}]`;
}

function checkPolicy(set: ResourceRecordSet, where: string): void {
  const { Failover: failover, Weight: weight, Region: region, MultiValueAnswer: many } = set;
  const given = [failover, weight, region, many].filter((one) => one !== undefined).length;
  if (given > 1) throw invalid(`Invalid request: more than one routing policy ${where}`);
  if (given === 1 && set.SetIdentifier === undefined) {
    throw invalid(`Invalid request: Missing field 'SetIdentifier' ${where}`);
  }
  if (given === 0 && set.SetIdentifier !== undefined) {
    throw invalid(
      `Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, ` +
        `MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found none ${where}`,
    );
  }
  if (weight !== undefined && (weight < 0 || weight > 255)) {
    throw invalid(`Invalid request: Weight must be 0 to 255 ${where}`);
  }
  if (many === true && set.AliasTarget !== undefined) {
    throw invalid(`Invalid request: a multivalue answer cannot be an alias ${where}`);
  }
}

function checkValue(type: string, value: string): void {
  const isRight =
    type === 'A'
      ? isIPv4(value)
      : type === 'AAAA'
        ? isIPv6(value)
        : type !== 'TXT' || /^("(\\.|[^"\\]){0,255}"\s*)+$/.test(value);
  if (isRight) return;
  const reason =
    type === 'TXT'
      ? 'InvalidCharacterString (Value should be enclosed in quotation marks)'
      : `ARRDATAIllegal${type === 'A' ? 'IPv4' : 'IPv6'}Address`;
  const message = `Invalid Resource Record: 'FATAL problem: ${reason} encountered with '${value}''`;
  throw new ServiceError('InvalidChangeBatch', `[${message}]`, {
    members: { messages: [message] },
  });
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInput', message);
}
