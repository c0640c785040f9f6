import type {
  CreateHealthCheckCommandInput,
  CreateHealthCheckCommandOutput,
  DeleteHealthCheckCommandInput,
  GetHealthCheckCommandInput,
  GetHealthCheckCommandOutput,
  GetHealthCheckStatusCommandInput,
  GetHealthCheckStatusCommandOutput,
  HealthCheck as HealthCheckOutput,
  ListHealthChecksCommandInput,
  ListHealthChecksCommandOutput,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { checkHealthCheckConfig } from './check-health-check.ts';
import type { HealthCheck } from './health-check.ts';
import { isEndpointCheck } from './health-check.ts';
import { bareId } from './hosted-zone.ts';
import type { Route53Model } from './route53-model.ts';

type Without<Output> = Omit<Output, '$metadata'>;

/** Route 53's page. */
const PAGE_SIZE = 100;

export const healthCheckArn = (id: string | undefined): string =>
  `arn:aws:route53:::healthcheck/${bareId(id)}`;

/** Repeating a request returns the check that is there; a used reference is refused. */
export function createHealthCheck(
  model: Route53Model,
): Operation<CreateHealthCheckCommandInput, Without<CreateHealthCheckCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input) => {
      const reference = input.CallerReference ?? '';
      const config = checkHealthCheckConfig(input.HealthCheckConfig);
      const known = [...model.checkers.checks.values()].find(
        ({ callerReference }) => callerReference === reference,
      );
      const used = model.usedReferences.get(reference);
      const isSame = used === JSON.stringify(config);
      if (known !== undefined && isSame) return created(known);
      if (used !== undefined) {
        throw new ServiceError(
          'HealthCheckAlreadyExists',
          `A health check has already been created with the caller reference ${reference}.`,
          { httpStatus: 409 },
        );
      }
      const check: HealthCheck = {
        id: model.world.random.uuid(),
        callerReference: reference,
        version: 1,
        config,
        tags: new Map(),
        votes: new Map(),
        lastKnown: true,
        hasData: false,
        stop: () => undefined,
      };
      model.usedReferences.set(reference, JSON.stringify(config));
      model.checkers.add(check);
      return created(check);
    },
  };
}

function created(check: HealthCheck) {
  return {
    HealthCheck: describeHealthCheck(check),
    Location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${check.id}`,
  };
}

export function getHealthCheck(
  model: Route53Model,
): Operation<GetHealthCheckCommandInput, Without<GetHealthCheckCommandOutput>> {
  return {
    resources: (input) => [healthCheckArn(input.HealthCheckId)],
    handle: (input) => ({
      HealthCheck: describeHealthCheck(healthCheck(model, input.HealthCheckId)),
    }),
  };
}

export function listHealthChecks(
  model: Route53Model,
): Operation<ListHealthChecksCommandInput, Without<ListHealthChecksCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input) => {
      const ids = [...model.checkers.checks.keys()].sort();
      const start = input.Marker === undefined ? 0 : ids.indexOf(input.Marker);
      if (start === -1) throw new ServiceError('InvalidInput', `Marker ${input.Marker ?? ''}.`);
      const size = input.MaxItems ?? PAGE_SIZE;
      const next = ids[start + size];
      return {
        HealthChecks: ids
          .slice(start, start + size)
          .map((id) => describeHealthCheck(healthCheck(model, id))),
        Marker: input.Marker ?? '',
        IsTruncated: next !== undefined,
        NextMarker: next,
        MaxItems: size,
      };
    },
  };
}

export function deleteHealthCheck(
  model: Route53Model,
): Operation<DeleteHealthCheckCommandInput, object> {
  return {
    resources: (input) => [healthCheckArn(input.HealthCheckId)],
    handle: (input) => {
      model.checkers.remove(healthCheck(model, input.HealthCheckId));
      return {};
    },
  };
}

/** What each checker saw last; not for checks that look at no endpoint. */
export function getHealthCheckStatus(
  model: Route53Model,
): Operation<GetHealthCheckStatusCommandInput, Without<GetHealthCheckStatusCommandOutput>> {
  return {
    resources: (input) => [healthCheckArn(input.HealthCheckId)],
    handle: (input) => {
      const check = healthCheck(model, input.HealthCheckId);
      if (!isEndpointCheck(check.config)) {
        throw new ServiceError(
          'InvalidInput',
          `The status of health checks of type ${check.config.Type ?? ''} cannot be retrieved.`,
        );
      }
      return {
        HealthCheckObservations: [...check.votes].map(([region, vote]) => ({
          Region: region as 'us-east-1',
          StatusReport: { Status: vote.text, CheckedTime: new Date(vote.atMs) },
        })),
      };
    },
  };
}

/** @throws ServiceError NoSuchHealthCheck */
export function healthCheck(model: Route53Model, id: string | undefined): HealthCheck {
  const check = model.checkers.checks.get(id ?? '');
  if (check !== undefined) return check;
  throw new ServiceError(
    'NoSuchHealthCheck',
    `No health check exists with the specified ID: ${id ?? ''}`,
    { httpStatus: 404 },
  );
}

export function describeHealthCheck(check: HealthCheck): HealthCheckOutput {
  return {
    Id: check.id,
    CallerReference: check.callerReference,
    HealthCheckConfig: check.config,
    HealthCheckVersion: check.version,
  };
}
