import type {
  ChangeInfo,
  ChangeResourceRecordSetsCommandInput,
  ChangeResourceRecordSetsCommandOutput,
  GetChangeCommandInput,
  GetChangeCommandOutput,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { applyChanges } from './change-batch.ts';
import { bareId } from './hosted-zone.ts';
import type { Route53Model, SubmittedChange } from './route53-model.ts';
import { zoneArn } from './zone-operations.ts';

type Without<Output> = Omit<Output, '$metadata'>;

/** All changes of a batch or none. */
export function changeResourceRecordSets(
  model: Route53Model,
): Operation<ChangeResourceRecordSetsCommandInput, Without<ChangeResourceRecordSetsCommandOutput>> {
  return {
    resources: (input) => [zoneArn(input.HostedZoneId)],
    conditions: (input) => {
      const changes = input.ChangeBatch?.Changes ?? [];
      const sets = changes.flatMap(({ ResourceRecordSet: set }) => set ?? []);
      return {
        'route53:ChangeResourceRecordSetsActions': changes.flatMap((one) => one.Action ?? []),
        'route53:ChangeResourceRecordSetsRecordTypes': sets.flatMap((one) => one.Type ?? []),
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': sets.map((one) =>
          (one.Name ?? '').toLowerCase().replace(/\.$/, ''),
        ),
      };
    },
    handle: (input) => {
      const zone = model.zone(input.HostedZoneId);
      const changes = input.ChangeBatch?.Changes ?? [];
      const records = applyChanges(zone, changes);
      for (const { Action: action, ResourceRecordSet: set } of changes) {
        if (action !== 'DELETE') checkHealthCheck(model, set?.HealthCheckId);
      }
      const change = model.submit(zone, records, input.ChangeBatch?.Comment);
      return { ChangeInfo: describeChange(model, change) };
    },
  };
}

function checkHealthCheck(model: Route53Model, id: string | undefined): void {
  if (id === undefined || model.checkers.checks.has(id)) return;
  throw new ServiceError(
    'NoSuchHealthCheck',
    `No health check exists with the specified ID: ${id}`,
    { httpStatus: 404 },
  );
}

export function getChange(
  model: Route53Model,
): Operation<GetChangeCommandInput, Without<GetChangeCommandOutput>> {
  return {
    resources: (input) => [`arn:aws:route53:::change/${bareId(input.Id)}`],
    handle: (input) => {
      const change = model.changes.get(bareId(input.Id));
      if (change !== undefined) return { ChangeInfo: describeChange(model, change) };
      throw new ServiceError('NoSuchChange', `Could not find resource with ID: ${input.Id ?? ''}`, {
        httpStatus: 404,
      });
    },
  };
}

/** `PENDING` until the name servers answer with the change. */
export function describeChange(model: Route53Model, change: SubmittedChange): ChangeInfo {
  const ageMs = model.world.nowMs() - change.submittedMs;
  return {
    Id: `/change/${change.id}`,
    Status: ageMs < model.propagationMs ? 'PENDING' : 'INSYNC',
    SubmittedAt: new Date(change.submittedMs),
    Comment: change.comment,
  };
}
