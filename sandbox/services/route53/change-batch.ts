import type { Change } from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import { checkRecordSet, describeRecord } from './check-record-set.ts';
import { policyOf } from './choose-records.ts';
import { bareId, isInZone, normalName, recordKey } from './hosted-zone.ts';
import type { HostedZone, RecordSet, RecordSets } from './hosted-zone.ts';

/** Route 53's limits of one batch; an UPSERT counts twice. */
const RECORDS_MAX = 1_000;
const CHARACTERS_MAX = 32_000;

/**
 * Applies all changes or none, in their order.
 * @throws ServiceError InvalidChangeBatch with one message per wrong change, or InvalidInput
 */
export function applyChanges(zone: HostedZone, changes: readonly Change[]): RecordSets {
  const records = new Map(zone.records);
  const touched: RecordSet[] = [];
  const errors: string[] = [];
  checkLimits(changes);
  for (const change of changes) {
    const record = checkRecordSet(change);
    touched.push(record);
    const error = applyOne(records, zone, { action: change.Action ?? '', record });
    if (error !== undefined) errors.push(error);
  }
  if (errors.length === 0) errors.push(...conflicts(records, zone, touched));
  if (errors.length > 0) throw invalidBatch(errors);
  return records;
}

function applyOne(
  records: Map<string, RecordSet>,
  zone: HostedZone,
  { action, record }: { readonly action: string; readonly record: RecordSet },
): string | undefined {
  const key = recordKey(record);
  const known = records.get(key);
  const label = describeRecord(record);
  if (!isInZone(record.Name, zone.name)) {
    return `RRSet with DNS name ${record.Name} is not permitted in zone ${zone.name}`;
  }
  const isOwn = record.Name === zone.name && ['NS', 'SOA'].includes(record.Type);
  switch (action) {
    case 'CREATE':
      if (known !== undefined) {
        return `Tried to create resource record set ${label} but it already exists`;
      }
      break;
    case 'UPSERT':
      break;
    case 'DELETE':
      if (isOwn) return `A HostedZone must contain at least one NS and one SOA record`;
      if (known === undefined) {
        return `Tried to delete resource record set ${label} but it was not found`;
      }
      if (content(known) !== content(record)) {
        return (
          `Tried to delete resource record set ${label} ` +
          'but the values provided do not match the current values'
        );
      }
      records.delete(key);
      return undefined;
    default:
      return `Unknown action ${action} for ${label}`;
  }
  records.set(key, record);
  return undefined;
}

/** What holds for all record sets of a name once the batch is applied. */
function conflicts(
  records: ReadonlyMap<string, RecordSet>,
  zone: HostedZone,
  touched: readonly RecordSet[],
): readonly string[] {
  const names = new Set(touched.map(({ Name: name }) => name));
  const byName = new Map<string, RecordSet[]>();
  for (const record of records.values()) {
    if (names.has(record.Name))
      byName.set(record.Name, [...(byName.get(record.Name) ?? []), record]);
  }
  const missing = touched
    .filter((record) => records.get(recordKey(record)) === record)
    .flatMap((record) => missingTarget(records, zone, record) ?? []);
  return [...[...byName.values()].flatMap((group) => nameConflicts(group, zone.name)), ...missing];
}

function nameConflicts(group: readonly RecordSet[], zoneName: string): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const types = new Set(group.map(({ Type: type }) => type));
  if (types.has('CNAME') && first.Name === zoneName) {
    return [
      `RRSet of type CNAME with DNS name ${first.Name} ` +
        `is not permitted at apex in zone ${zoneName}`,
    ];
  }
  if (types.has('CNAME') && types.size > 1) {
    return [
      `RRSet of type CNAME with DNS name ${first.Name} is not permitted because a conflicting ` +
        `RRSet with the same DNS name already exists in zone ${zoneName}`,
    ];
  }
  return [...types].flatMap((type) => typeConflict(group.filter((one) => one.Type === type)) ?? []);
}

/** One routing policy per name and type, and one record per failover role and latency region. */
function typeConflict(group: readonly RecordSet[]): string | undefined {
  const [first] = group;
  if (first === undefined || group.length < 2) return undefined;
  const label = describeRecord(first);
  if (new Set(group.map(policyOf)).size > 1 || policyOf(first) === 'simple') {
    return (
      `RRSet ${label} cannot be created because a record set with the same name and type ` +
      'and another routing policy exists'
    );
  }
  const places = group.map(({ Failover: role, Region: region }) => role ?? region);
  const isShared = places.some((place, at) => place !== undefined && places.indexOf(place) < at);
  return isShared
    ? `RRSet ${label} cannot be created because its failover role or region is already taken`
    : undefined;
}

function missingTarget(
  records: ReadonlyMap<string, RecordSet>,
  zone: HostedZone,
  { AliasTarget: alias, Type: type }: RecordSet,
): string | undefined {
  if (alias === undefined || bareId(alias.HostedZoneId) !== zone.id) return undefined;
  const target = normalName(alias.DNSName ?? '');
  const exists = [...records.values()].some((one) => one.Name === target && one.Type === type);
  return exists
    ? undefined
    : `Tried to create an alias that targets ${target}, type ${type} in zone ${zone.id}, ` +
        'but that target was not found';
}

function checkLimits(changes: readonly Change[]): void {
  let count = 0;
  let characters = 0;
  for (const { Action: action, ResourceRecordSet: set } of changes) {
    const values = set?.ResourceRecords ?? [{ Value: set?.AliasTarget?.DNSName }];
    const times = action === 'UPSERT' ? 2 : 1;
    count += times * values.length;
    characters += times * values.reduce((sum, { Value: value }) => sum + (value?.length ?? 0), 0);
  }
  if (count > RECORDS_MAX)
    throw invalidBatch([`Number of records limit of ${RECORDS_MAX} exceeded.`]);
  if (characters > CHARACTERS_MAX) {
    throw invalidBatch([`RDATA character limit of ${CHARACTERS_MAX} exceeded.`]);
  }
  if (changes.length === 0) throw new ServiceError('InvalidInput', 'Changes must not be empty.');
}

/** Everything that DELETE compares; the order of values does not count. */
function content(record: RecordSet): string {
  const { ResourceRecords: values, AliasTarget: alias } = record;
  return JSON.stringify([
    record.TTL ?? null,
    (values ?? []).map(({ Value: value }) => value).sort(),
    alias === undefined
      ? null
      : [bareId(alias.HostedZoneId), normalName(alias.DNSName ?? ''), alias.EvaluateTargetHealth],
    [record.Weight, record.Failover, record.Region, record.MultiValueAnswer, record.HealthCheckId],
  ]);
}

function invalidBatch(messages: readonly string[]): ServiceError {
  return new ServiceError('InvalidChangeBatch', `[${messages.join(', ')}]`, {
    members: { messages },
  });
}
