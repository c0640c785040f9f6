import type {
  DeleteDashboardsCommandInput,
  GetDashboardCommandInput,
  GetDashboardCommandOutput,
  ListDashboardsCommandInput,
  ListDashboardsCommandOutput,
  PutDashboardCommandInput,
  PutDashboardCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import type { CloudWatchModel } from './cloudwatch-model.ts';

type Without<Output> = Omit<Output, '$metadata'>;

/** Stores the body; nothing draws it. */
export function putDashboard(
  model: CloudWatchModel,
): Operation<PutDashboardCommandInput, Without<PutDashboardCommandOutput>> {
  return {
    resources: (input) => [arnOf(model, input.DashboardName)],
    handle: (input, call) => {
      const body = input.DashboardBody ?? '';
      try {
        JSON.parse(body);
      } catch (error) {
        const why = error instanceof Error ? error.message : '';
        throw new ServiceError(
          'InvalidParameterInput',
          `The field DashboardBody must be a valid JSON object: ${why}`,
          { members: { dashboardValidationMessages: [] } },
        );
      }
      const { dashboards } = model.in(call.region);
      dashboards.set(input.DashboardName ?? '', { body, atMs: call.world.nowMs() });
      return { DashboardValidationMessages: [] };
    },
  };
}

export function getDashboard(
  model: CloudWatchModel,
): Operation<GetDashboardCommandInput, Without<GetDashboardCommandOutput>> {
  return {
    resources: (input) => [arnOf(model, input.DashboardName)],
    handle: (input, call) => {
      const name = input.DashboardName ?? '';
      const dashboard = model.in(call.region).dashboards.get(name);
      if (dashboard === undefined) throw notFound(name);
      return {
        DashboardArn: arnOf(model, name),
        DashboardName: name,
        DashboardBody: dashboard.body,
      };
    },
  };
}

export function listDashboards(
  model: CloudWatchModel,
): Operation<ListDashboardsCommandInput, Without<ListDashboardsCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input, call) => ({
      DashboardEntries: [...model.in(call.region).dashboards]
        .filter(([name]) => name.startsWith(input.DashboardNamePrefix ?? ''))
        .map(([name, { body, atMs }]) => ({
          DashboardName: name,
          DashboardArn: arnOf(model, name),
          LastModified: new Date(atMs),
          Size: Buffer.byteLength(body),
        })),
    }),
  };
}

export function deleteDashboards(
  model: CloudWatchModel,
): Operation<DeleteDashboardsCommandInput, object> {
  return {
    resources: (input) => (input.DashboardNames ?? []).map((name) => arnOf(model, name)),
    handle: (input, call) => {
      const { dashboards } = model.in(call.region);
      for (const name of input.DashboardNames ?? []) {
        if (!dashboards.delete(name)) throw notFound(name);
      }
      return {};
    },
  };
}

/** Dashboards are global: their ARN names no region. */
function arnOf(model: CloudWatchModel, name: string | undefined): string {
  return `arn:aws:cloudwatch::${model.accountId}:dashboard/${name ?? ''}`;
}

function notFound(name: string): ServiceError {
  return new ServiceError('ResourceNotFound', `Dashboard ${name} does not exist`, {
    httpStatus: 404,
  });
}
