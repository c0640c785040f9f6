import type { RecordSet } from './hosted-zone.ts';
import { distanceKm } from './region-distance.ts';

/** What the choice depends on besides the records. */
export interface Choice {
  readonly isHealthy: (record: RecordSet) => boolean;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** AWS region nearest to whoever asks; undefined for a client somewhere. */
  readonly clientRegion: string | undefined;
}

export type Policy = 'simple' | 'failover' | 'weighted' | 'latency' | 'multivalue';

/** Route 53 answers with at most eight records of a multivalue set. */
const MULTIVALUE_MAX = 8;

export function policyOf(record: RecordSet): Policy {
  if (record.Failover !== undefined) return 'failover';
  if (record.Weight !== undefined) return 'weighted';
  if (record.Region !== undefined) return 'latency';
  return record.MultiValueAnswer === true ? 'multivalue' : 'simple';
}

/**
 * Which record sets of one name and type Route 53 answers with ("How Route 53 chooses records
 * when health checking is configured"). It fails open everywhere: with nothing healthy it answers
 * as if everything were.
 */
export function chooseRecords(records: readonly RecordSet[], choice: Choice): readonly RecordSet[] {
  const [first] = records;
  if (first === undefined) return [];
  switch (policyOf(first)) {
    case 'simple':
      return [first];
    case 'failover':
      return chooseFailover(records, choice);
    case 'weighted':
      return chooseWeighted(records, choice);
    case 'latency':
      return chooseNearest(records, choice);
    case 'multivalue':
      return shuffled(healthyOrAll(records, choice), choice).slice(0, MULTIVALUE_MAX);
  }
}

/** A secondary that is down leaves the primary, whatever the primary's health. */
function chooseFailover(records: readonly RecordSet[], { isHealthy }: Choice) {
  const primary = records.find(({ Failover: role }) => role === 'PRIMARY');
  const secondary = records.find(({ Failover: role }) => role === 'SECONDARY');
  if (primary === undefined) return secondary === undefined ? [] : [secondary];
  if (secondary === undefined || isHealthy(primary) || !isHealthy(secondary)) return [primary];
  return [secondary];
}

/** Weight 0 is chosen only when every record with a weight is unhealthy. */
function chooseWeighted(records: readonly RecordSet[], choice: Choice): readonly RecordSet[] {
  const healthy = records.filter(choice.isHealthy);
  const considered = healthy.length === 0 ? records : healthy;
  const weighted = considered.filter(({ Weight: weight = 0 }) => weight > 0);
  if (weighted.length === 0) return oneOf(considered, choice);
  const total = weighted.reduce((sum, { Weight: weight = 0 }) => sum + weight, 0);
  let left = choice.random() * total;
  for (const record of weighted) {
    left -= record.Weight ?? 0;
    if (left < 0) return [record];
  }
  return weighted.slice(-1);
}

function chooseNearest(records: readonly RecordSet[], choice: Choice): readonly RecordSet[] {
  const candidates = healthyOrAll(records, choice);
  const { clientRegion } = choice;
  if (clientRegion === undefined) return candidates.slice(0, 1);
  const far = candidates.map((record) => ({
    record,
    km: distanceKm(clientRegion, record.Region ?? ''),
  }));
  return far
    .sort((one, other) => one.km - other.km)
    .slice(0, 1)
    .map(({ record }) => record);
}

function healthyOrAll(records: readonly RecordSet[], { isHealthy }: Choice): readonly RecordSet[] {
  const healthy = records.filter(isHealthy);
  return healthy.length === 0 ? records : healthy;
}

function oneOf(records: readonly RecordSet[], { random }: Choice): readonly RecordSet[] {
  const place = Math.floor(random() * records.length);
  return records.slice(place, place + 1);
}

function shuffled(records: readonly RecordSet[], { random }: Choice): readonly RecordSet[] {
  const left = [...records];
  const result: RecordSet[] = [];
  while (left.length > 0) result.push(...left.splice(Math.floor(random() * left.length), 1));
  return result;
}
