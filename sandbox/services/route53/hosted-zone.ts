import type { ResourceRecordSet } from '@aws-sdk/client-route-53';

/** A record set whose name and type are known and normalised. */
export type RecordSet = Readonly<ResourceRecordSet> & {
  readonly Name: string;
  readonly Type: string;
};

/** Record sets by `recordKey`. */
export type RecordSets = ReadonlyMap<string, RecordSet>;

export interface HostedZone {
  readonly id: string;
  /** Lower case, with a dot at the end. */
  readonly name: string;
  readonly callerReference: string;
  readonly comment: string | undefined;
  /** What the API shows: the newest state. */
  records: RecordSets;
  /** What the name servers answer: follows some seconds later. */
  published: PublishedZone;
}

/** The records of a zone, arranged for answering. */
export interface PublishedZone {
  readonly byName: ReadonlyMap<string, readonly RecordSet[]>;
  /** Every name that exists, also those that only have names below them. */
  readonly names: ReadonlySet<string>;
}

export const nameServers = [
  'ns-1.awsdns-01.com.',
  'ns-2.awsdns-02.net.',
  'ns-3.awsdns-03.org.',
  'ns-4.awsdns-04.co.uk.',
] as const;

/** How long a resolver may remember that there is nothing, in seconds: Route 53's default SOA. */
const SOA = `${nameServers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;

/** A zone with the two record sets that Route 53 gives it. */
export function newZone(zone: Pick<HostedZone, 'id' | 'name' | 'callerReference' | 'comment'>) {
  const own: readonly RecordSet[] = [
    {
      Name: zone.name,
      Type: 'NS',
      TTL: 172_800,
      ResourceRecords: nameServers.map((Value) => ({ Value })),
    },
    { Name: zone.name, Type: 'SOA', TTL: 900, ResourceRecords: [{ Value: SOA }] },
  ];
  const records = new Map(own.map((record) => [recordKey(record), record]));
  return { ...zone, records, published: publish(records, zone.name) };
}

export function publish(records: RecordSets, zoneName: string): PublishedZone {
  const byName = new Map<string, RecordSet[]>();
  const names = new Set<string>();
  for (const record of records.values()) {
    const same = byName.get(record.Name) ?? [];
    same.push(record);
    byName.set(record.Name, same);
    for (let name = record.Name; name.endsWith(zoneName); name = parentOf(name)) names.add(name);
  }
  return { byName, names };
}

export function recordKey(record: RecordSet): string {
  return [record.Name, record.Type, record.SetIdentifier ?? ''].join('|');
}

/** Lower case with a dot at the end, as Route 53 keeps names. */
export function normalName(name: string): string {
  const lower = name.toLowerCase().replaceAll('\\052', '*');
  return lower.endsWith('.') ? lower : `${lower}.`;
}

/** The name without its first label; `''` above the last label. */
export function parentOf(name: string): string {
  const dot = name.indexOf('.');
  return dot === -1 ? '' : name.slice(dot + 1);
}

export function isInZone(name: string, zoneName: string): boolean {
  return name === zoneName || name.endsWith(`.${zoneName}`);
}

/** Ids come with and without their path: `/hostedzone/Z1` is `Z1`. */
export function bareId(id: string | undefined): string {
  return id?.split('/').at(-1) ?? '';
}
