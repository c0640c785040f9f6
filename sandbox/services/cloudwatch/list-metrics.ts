import type { ListMetricsCommandInput, ListMetricsCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { Operation } from '../../service-model.ts';
import { dimensionList } from './alarm.ts';
import type { CloudWatchModel } from './cloudwatch-model.ts';
import type { MetricId } from './metric-store.ts';

/** CloudWatch's page. */
const PAGE_SIZE = 500;

export function listMetrics(
  model: CloudWatchModel,
): Operation<ListMetricsCommandInput, Omit<ListMetricsCommandOutput, '$metadata'>> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const all = model
        .in(call.region)
        .metrics.list()
        .filter((metric) => matches(metric, input));
      const start = Number(input.NextToken ?? 0);
      const end = start + PAGE_SIZE;
      return {
        NextToken: end < all.length ? String(end) : undefined,
        Metrics: all.slice(start, end).map((metric) => ({
          Namespace: metric.namespace,
          MetricName: metric.name,
          Dimensions: dimensionList(metric.dimensions),
        })),
      };
    },
  };
}

function matches(metric: MetricId, input: ListMetricsCommandInput): boolean {
  return (
    [undefined, metric.namespace].includes(input.Namespace) &&
    [undefined, metric.name].includes(input.MetricName) &&
    (input.Dimensions ?? []).every(({ Name: name = '', Value: value }) => {
      const has = metric.dimensions[name];
      return has !== undefined && (value === undefined || value === has);
    })
  );
}
