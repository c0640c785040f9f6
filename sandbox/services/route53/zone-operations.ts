import type {
  CreateHostedZoneCommandInput,
  CreateHostedZoneCommandOutput,
  DeleteHostedZoneCommandInput,
  DeleteHostedZoneCommandOutput,
  GetHostedZoneCommandInput,
  GetHostedZoneCommandOutput,
  ListHostedZonesByNameCommandInput,
  ListHostedZonesByNameCommandOutput,
  ListHostedZonesCommandInput,
  ListHostedZonesCommandOutput,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { describeChange } from './record-operations.ts';
import { bareId, nameServers, newZone, normalName } from './hosted-zone.ts';
import type { HostedZone } from './hosted-zone.ts';
import type { Route53Model } from './route53-model.ts';

type Without<Output> = Omit<Output, '$metadata'>;

/** Route 53's page. */
const PAGE_SIZE = 100;

export const zoneArn = (id: string | undefined): string =>
  `arn:aws:route53:::hostedzone/${bareId(id)}`;

const delegationSet = { NameServers: nameServers.map((name) => name.replace(/\.$/, '')) };

export function createHostedZone(
  model: Route53Model,
): Operation<CreateHostedZoneCommandInput, Without<CreateHostedZoneCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input) => {
      if (input.VPC !== undefined || input.HostedZoneConfig?.PrivateZone === true) {
        throw new ServiceError('InvalidInput', 'The local cloud does not implement private zones.');
      }
      const callerReference = input.CallerReference ?? '';
      if ([...model.zones.values()].some((zone) => zone.callerReference === callerReference)) {
        throw new ServiceError(
          'HostedZoneAlreadyExists',
          `A hosted zone has already been created with the specified caller reference.`,
          { httpStatus: 409 },
        );
      }
      const zone: HostedZone = newZone({
        id: `Z${model.world.random.hex(13).toUpperCase()}`,
        name: normalName(input.Name ?? ''),
        callerReference,
        comment: input.HostedZoneConfig?.Comment,
      });
      model.zones.set(zone.id, zone);
      return {
        HostedZone: described(zone),
        ChangeInfo: describeChange(model, model.submit(zone, zone.records, undefined)),
        DelegationSet: delegationSet,
        Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
      };
    },
  };
}

/** Only a zone with nothing but its own NS and SOA can go. */
export function deleteHostedZone(
  model: Route53Model,
): Operation<DeleteHostedZoneCommandInput, Without<DeleteHostedZoneCommandOutput>> {
  return {
    resources: (input) => [zoneArn(input.Id)],
    handle: (input) => {
      const zone = model.zone(input.Id);
      if (zone.records.size > 2) {
        throw new ServiceError(
          'HostedZoneNotEmpty',
          'The specified hosted zone contains non-required resource record sets ' +
            'and so cannot be deleted.',
        );
      }
      const change = model.submit(zone, zone.records, undefined);
      model.zones.delete(zone.id);
      return { ChangeInfo: describeChange(model, change) };
    },
  };
}

export function getHostedZone(
  model: Route53Model,
): Operation<GetHostedZoneCommandInput, Without<GetHostedZoneCommandOutput>> {
  return {
    resources: (input) => [zoneArn(input.Id)],
    handle: (input) => ({
      HostedZone: described(model.zone(input.Id)),
      DelegationSet: delegationSet,
    }),
  };
}

export function listHostedZones(
  model: Route53Model,
): Operation<ListHostedZonesCommandInput, Without<ListHostedZonesCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input) => {
      const ids = [...model.zones.keys()].sort();
      const start = input.Marker === undefined ? 0 : ids.indexOf(bareId(input.Marker));
      if (start === -1) throw new ServiceError('InvalidInput', `Marker ${input.Marker ?? ''}.`);
      const size = input.MaxItems ?? PAGE_SIZE;
      const next = ids[start + size];
      return {
        HostedZones: ids.slice(start, start + size).map((id) => described(model.zone(id))),
        Marker: input.Marker,
        IsTruncated: next !== undefined,
        NextMarker: next,
        MaxItems: size,
      };
    },
  };
}

export function listHostedZonesByName(
  model: Route53Model,
): Operation<ListHostedZonesByNameCommandInput, Without<ListHostedZonesByNameCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input) => {
      const from = input.DNSName === undefined ? '' : sortKey(normalName(input.DNSName));
      const zones = [...model.zones.values()]
        .filter(({ name }) => sortKey(name) >= from)
        .sort((one, other) => (sortKey(one.name) < sortKey(other.name) ? -1 : 1));
      const size = input.MaxItems ?? PAGE_SIZE;
      const next = zones[size];
      return {
        HostedZones: zones.slice(0, size).map(described),
        DNSName: input.DNSName,
        HostedZoneId: input.HostedZoneId,
        IsTruncated: next !== undefined,
        NextDNSName: next?.name,
        NextHostedZoneId: next?.id,
        MaxItems: size,
      };
    },
  };
}

/** Route 53 sorts names by their labels from the right. */
export function sortKey(name: string): string {
  return name.split('.').reverse().join('.');
}

function described(zone: HostedZone) {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: zone.callerReference,
    Config: { Comment: zone.comment, PrivateZone: false },
    ResourceRecordSetCount: zone.records.size,
  };
}
