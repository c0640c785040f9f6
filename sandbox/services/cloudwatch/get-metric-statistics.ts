import type {
  GetMetricStatisticsCommandInput,
  GetMetricStatisticsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { dimensionsOf } from './alarm.ts';
import type { CloudWatchModel } from './cloudwatch-model.ts';
import { floor, statisticOf } from './metric-store.ts';
import { checkPeriod, statisticNamed } from './query-metrics.ts';

/** CloudWatch's limit on one answer. */
const DATAPOINTS_MAX = 1_440;

export function getMetricStatistics(
  model: CloudWatchModel,
): Operation<GetMetricStatisticsCommandInput, Omit<GetMetricStatisticsCommandOutput, '$metadata'>> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const periodMs = checkPeriod(input.Period);
      if (input.ExtendedStatistics !== undefined) statisticNamed(input.ExtendedStatistics[0]);
      const wanted = (input.Statistics ?? []).map(statisticNamed);
      const startMs = floor(input.StartTime?.getTime() ?? 0, periodMs);
      const endMs = input.EndTime?.getTime() ?? call.world.nowMs();
      if ((endMs - startMs) / periodMs > DATAPOINTS_MAX) {
        throw new ServiceError(
          'InvalidParameterCombination',
          `You have requested more than ${DATAPOINTS_MAX} datapoints.`,
        );
      }
      const metric = {
        namespace: input.Namespace ?? '',
        name: input.MetricName ?? '',
        dimensions: dimensionsOf(input.Dimensions),
      };
      const buckets = model.in(call.region).metrics.read(metric, { startMs, endMs, periodMs });
      return {
        Label: metric.name,
        Datapoints: buckets.flatMap((bucket) => {
          if (bucket === undefined) return [];
          const values = wanted.map((name) => [name, statisticOf(bucket, name)] as const);
          return [
            { Timestamp: new Date(bucket.startMs), Unit: 'None', ...Object.fromEntries(values) },
          ];
        }),
      };
    },
  };
}
