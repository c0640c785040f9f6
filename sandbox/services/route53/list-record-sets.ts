import type {
  ListResourceRecordSetsCommandInput,
  ListResourceRecordSetsCommandOutput,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { normalName } from './hosted-zone.ts';
import type { RecordSet } from './hosted-zone.ts';
import type { Route53Model } from './route53-model.ts';
import { sortKey, zoneArn } from './zone-operations.ts';

/** Route 53's page, and its largest one. */
const PAGE_SIZE = 300;

/** Sorted by name (labels from the right), type and identifier, from a start on. */
export function listResourceRecordSets(
  model: Route53Model,
): Operation<
  ListResourceRecordSetsCommandInput,
  Omit<ListResourceRecordSetsCommandOutput, '$metadata'>
> {
  return {
    resources: (input) => [zoneArn(input.HostedZoneId)],
    handle: (input) => {
      if (input.StartRecordType !== undefined && input.StartRecordName === undefined) {
        throw new ServiceError('InvalidInput', 'StartRecordType needs StartRecordName.');
      }
      const start = orderOf(
        normalName(input.StartRecordName ?? ''),
        input.StartRecordType ?? '',
        input.StartRecordIdentifier ?? '',
      );
      const sorted = [...model.zone(input.HostedZoneId).records.values()]
        .map((record) => ({ record, order: orderOfRecord(record) }))
        .filter(({ order }) => input.StartRecordName === undefined || order >= start)
        .sort((one, other) => (one.order < other.order ? -1 : 1))
        .map(({ record }) => record);
      const size = Math.min(input.MaxItems ?? PAGE_SIZE, PAGE_SIZE);
      const next = sorted[size];
      return {
        ResourceRecordSets: sorted.slice(0, size).map(described),
        IsTruncated: next !== undefined,
        NextRecordName: next?.Name,
        NextRecordType: next?.Type,
        NextRecordIdentifier: next?.SetIdentifier,
        MaxItems: size,
      };
    },
  };
}

function orderOfRecord(record: RecordSet): string {
  return orderOf(record.Name, record.Type, record.SetIdentifier ?? '');
}

function orderOf(name: string, type: string, identifier: string): string {
  return [sortKey(name), type, identifier].join('\n');
}

/** A star comes back as `\052`, as Route 53 writes it. */
function described(record: RecordSet): ResourceRecordSet {
  return { ...record, Name: record.Name.replace('*', '\\052'), Type: record.Type };
}
