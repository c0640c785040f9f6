import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import type { CloudWatchModel } from './cloudwatch-model.ts';
import { floor } from './metric-store.ts';
import { periodOf, queryMetrics } from './query-metrics.ts';

/** CloudWatch's limit on one request. */
const QUERIES_MAX = 500;

/** All metrics of a request must have one period; expressions are those of `metric-math.ts`. */
export function getMetricData(
  model: CloudWatchModel,
): Operation<GetMetricDataCommandInput, Omit<GetMetricDataCommandOutput, '$metadata'>> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const queries = input.MetricDataQueries ?? [];
      check(queries);
      const periodMs = periodOf(queries);
      const startMs = floor(input.StartTime?.getTime() ?? 0, periodMs);
      const endMs = input.EndTime?.getTime() ?? call.world.nowMs();
      const span = { startMs, endMs, periodMs };
      const results = queryMetrics(model.in(call.region).metrics, queries, span);
      const isAscending = input.ScanBy === 'TimestampAscending';
      return {
        Messages: [],
        MetricDataResults: queries
          .filter((query) => query.ReturnData ?? true)
          .map((query) => {
            const points = (results.get(query.Id ?? '') ?? []).flatMap((value, slot) =>
              value === undefined ? [] : [{ at: new Date(startMs + slot * periodMs), value }],
            );
            if (!isAscending) points.reverse();
            return {
              Id: query.Id,
              Label: query.Label ?? query.MetricStat?.Metric?.MetricName ?? query.Id,
              Timestamps: points.map(({ at }) => at),
              Values: points.map(({ value }) => value),
              StatusCode: 'Complete' as const,
            };
          }),
      };
    },
  };
}

function check(queries: readonly MetricDataQuery[]): void {
  const ids = new Set(queries.map(({ Id }) => Id));
  if (queries.length === 0 || queries.length > QUERIES_MAX || ids.size < queries.length) {
    throw new ServiceError(
      'ValidationError',
      `MetricDataQueries must have 1 to ${QUERIES_MAX} members with different ids.`,
    );
  }
}
