import type { AliasTarget } from '@aws-sdk/client-route-53';
import type { Hub } from '../../service-model.ts';
import { chooseRecords } from './choose-records.ts';
import type { Choice } from './choose-records.ts';
import { bareId, isInZone, normalName, parentOf } from './hosted-zone.ts';
import type { HostedZone, RecordSet } from './hosted-zone.ts';
import type { TargetSights } from './target-sights.ts';

/** One record as it is answered, the value in Route 53's text form. */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly value: string;
}

export interface DnsAnswer {
  /** `REFUSED`: the name is in none of the hosted zones. */
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly records: readonly DnsRecord[];
  /** The zone's SOA when there are no records, so that resolvers know how long. */
  readonly authority: readonly DnsRecord[];
}

/** What the DNS port answers from. */
export interface DnsAuthority {
  readonly answer: (name: string, type: string) => DnsAnswer;
  /** Loopback address of a load balancer's own name, which is in no hosted zone. */
  readonly addressOf: (dnsName: string) => string | undefined;
}

/** What answering needs of the world around the zones. */
export interface AnswerContext {
  readonly zones: () => readonly HostedZone[];
  readonly targets: Pick<TargetSights, 'isHealthy'>;
  readonly addressOf: Hub['addressOf'];
  readonly isCheckHealthy: (healthCheckId: string) => boolean;
  readonly random: () => number;
  readonly clientRegion: string | undefined;
}

/** Aliases to load balancers are answered with 60 s. */
const ALIAS_TTL_SECONDS = 60;
/** Longest chain of CNAMEs and aliases that is followed. */
const CHAIN_MAX = 8;

/** Answers as the name servers of the hosted zones do. */
export function answerQuestion(
  context: AnswerContext,
  question: { readonly name: string; readonly type: string },
  depth = 0,
): DnsAnswer {
  const name = normalName(question.name);
  const zone = zoneOf(context, name);
  if (zone === undefined) return { rcode: 'REFUSED', records: [], authority: [] };
  const found = recordsAt(zone, name);
  if (found === undefined) return nothing(zone, 'NXDOMAIN');
  const ofType = found.filter(({ Type: type }) => type === question.type);
  const cnames = found.filter(({ Type: type }) => type === 'CNAME');
  const candidates = ofType.length > 0 ? ofType : cnames;
  const chosen = chooseRecords(candidates, choiceOf(context, depth));
  const records = chosen.flatMap((record) => expand(context, { ...record, Name: name }, depth));
  const [cname] = ofType.length > 0 ? [] : records;
  if (cname !== undefined && depth < CHAIN_MAX) {
    const next = answerQuestion(context, { ...question, name: cname.value }, depth + 1);
    return { rcode: 'NOERROR', records: [...records, ...next.records], authority: [] };
  }
  return records.length === 0 ? nothing(zone, 'NOERROR') : { ...noError, records };
}

const noError = { rcode: 'NOERROR', authority: [] } as const;

function nothing(zone: HostedZone, rcode: 'NOERROR' | 'NXDOMAIN'): DnsAnswer {
  const soa = zone.published.byName.get(zone.name)?.filter(({ Type: type }) => type === 'SOA');
  return { rcode, records: [], authority: (soa ?? []).flatMap(plainRecords) };
}

/** The most specific zone; undefined when the name is in none. */
function zoneOf(context: AnswerContext, name: string): HostedZone | undefined {
  const zones = context.zones().filter((zone) => isInZone(name, zone.name));
  return zones.sort((one, other) => other.name.length - one.name.length)[0];
}

/** Record sets of a name or of the wildcard that covers it; undefined when there is no name. */
function recordsAt({ published, name: zoneName }: HostedZone, name: string) {
  if (published.names.has(name)) return published.byName.get(name) ?? [];
  for (let parent = parentOf(name); isInZone(parent, zoneName); parent = parentOf(parent)) {
    if (published.names.has(parent)) return published.byName.get(`*.${parent}`);
  }
  return undefined;
}

function choiceOf(context: AnswerContext, depth: number): Choice {
  return {
    isHealthy: (record) => isRecordHealthy(context, record, depth),
    random: context.random,
    clientRegion: context.clientRegion,
  };
}

/** A record without a check is healthy; an alias may also ask for the health of its target. */
function isRecordHealthy(context: AnswerContext, record: RecordSet, depth: number): boolean {
  const { HealthCheckId: checkId, AliasTarget: alias } = record;
  if (checkId !== undefined && !context.isCheckHealthy(checkId)) return false;
  if (alias?.EvaluateTargetHealth !== true) return true;
  const target = normalName(alias.DNSName ?? '');
  const group = zoneOfAlias(context, alias)?.published.byName.get(target);
  if (group === undefined) return context.targets.isHealthy(loadBalancerName(target)) !== false;
  if (depth >= CHAIN_MAX) return true;
  return group
    .filter(({ Type: type }) => type === record.Type)
    .some((member) => isRecordHealthy(context, member, depth + 1));
}

function expand(context: AnswerContext, record: RecordSet, depth: number): readonly DnsRecord[] {
  const { AliasTarget: alias, Name: name, Type: type } = record;
  if (alias === undefined) return plainRecords(record);
  const target = normalName(alias.DNSName ?? '');
  if (zoneOfAlias(context, alias) !== undefined) {
    if (depth >= CHAIN_MAX) return [];
    const inner = answerQuestion(context, { name: target, type }, depth + 1);
    return inner.records.filter((one) => one.type === type).map((one) => ({ ...one, name }));
  }
  const address = context.addressOf(loadBalancerName(target));
  if (address === undefined || type !== 'A') return [];
  return [{ name, type, ttl: ALIAS_TTL_SECONDS, value: address }];
}

/** The hosted zone an alias leads to; none for a load balancer, whose zone is AWS's own. */
function zoneOfAlias(context: AnswerContext, alias: AliasTarget): HostedZone | undefined {
  const id = bareId(alias.HostedZoneId ?? '');
  return context.zones().find((zone) => zone.id === id);
}

function plainRecords(record: RecordSet): readonly DnsRecord[] {
  return (record.ResourceRecords ?? []).map(({ Value: value = '' }) => ({
    name: record.Name,
    type: record.Type,
    ttl: record.TTL ?? 0,
    value,
  }));
}

/** The console writes `dualstack.` before the name of a load balancer. */
export function loadBalancerName(name: string): string {
  return name.replace(/^dualstack\./, '').replace(/\.$/, '');
}
