import type {
  MetricDatum,
  PutMetricDataCommandInput,
  StatisticSet,
} from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { dimensionsOf } from './alarm.ts';
import type { CloudWatchModel } from './cloudwatch-model.ts';
import type { Bucket } from './metric-store.ts';

const DATA_MAX = 1_000;
/** CloudWatch takes datapoints from two weeks back to two hours ahead. */
const PAST_MAX_MS = 14 * 86_400_000;
const AHEAD_MAX_MS = 2 * 3_600_000;

/** Takes single values, values with counts, and statistic sets. */
export function putMetricData(
  model: CloudWatchModel,
): Operation<PutMetricDataCommandInput, object> {
  return {
    resources: () => ['*'],
    conditions: (input) => ({ 'cloudwatch:namespace': input.Namespace ?? '' }),
    handle: (input, call) => {
      const namespace = input.Namespace ?? '';
      if (namespace === '' || namespace.startsWith('AWS/')) {
        throw invalid(`The value ${namespace} for parameter Namespace is invalid.`);
      }
      if (input.EntityMetricData !== undefined) {
        throw invalid('The local cloud does not implement EntityMetricData.');
      }
      const data = input.MetricData ?? [];
      if (data.length > DATA_MAX) throw invalid(`MetricData has more than ${DATA_MAX} members.`);
      const all = data.map((datum) => ({
        metric: {
          namespace,
          name: datum.MetricName ?? '',
          dimensions: dimensionsOf(datum.Dimensions),
        },
        samples: samplesOf(datum, call.world.nowMs()),
      }));
      for (const { metric, samples } of all) {
        model.in(call.region).metrics.add(metric, samples);
      }
      return {};
    },
  };
}

function samplesOf(datum: MetricDatum, nowMs: number): Bucket {
  const startMs = datum.Timestamp?.getTime() ?? nowMs;
  if (startMs < nowMs - PAST_MAX_MS || startMs > nowMs + AHEAD_MAX_MS) {
    throw invalid('The parameter MetricData.member.1.Timestamp must be within the last two weeks.');
  }
  if (datum.StatisticValues !== undefined) return fromSet(datum.StatisticValues, startMs);
  const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw invalid('A metric datum needs Value, Values or StatisticValues.');
  }
  const counts = values.map((_, place) => datum.Counts?.[place] ?? 1);
  return {
    startMs,
    sum: values.reduce((sum, value, place) => sum + value * (counts[place] ?? 1), 0),
    count: counts.reduce((sum, count) => sum + count, 0),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

function fromSet(set: StatisticSet, startMs: number): Bucket {
  const { SampleCount: count = 0, Sum: sum = 0, Minimum: min = 0, Maximum: max = 0 } = set;
  if (count <= 0) throw invalid('SampleCount must be greater than 0.');
  return { startMs, sum, count, min, max };
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}
