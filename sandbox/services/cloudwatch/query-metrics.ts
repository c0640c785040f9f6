import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../service-model.ts';
import { dimensionsOf } from './alarm.ts';
import { compileExpression } from './metric-math.ts';
import type { Values } from './metric-math.ts';
import { statisticOf, statistics } from './metric-store.ts';
import type { MetricStore, Span, Statistic } from './metric-store.ts';

/** Values of every query over one span: metrics first, then expressions in their order. */
export function queryMetrics(
  store: MetricStore,
  queries: readonly MetricDataQuery[],
  span: Span,
): ReadonlyMap<string, Values> {
  const metrics = new Map<string, Values>();
  const results = new Map<string, Values>();
  for (const { Id: id = '', MetricStat: metricStat } of queries) {
    if (metricStat === undefined) continue;
    const statistic = statisticNamed(metricStat.Stat);
    const buckets = store.read(
      {
        namespace: metricStat.Metric?.Namespace ?? '',
        name: metricStat.Metric?.MetricName ?? '',
        dimensions: dimensionsOf(metricStat.Metric?.Dimensions),
      },
      span,
    );
    const values = buckets.map((b) => (b === undefined ? undefined : statisticOf(b, statistic)));
    metrics.set(id, values);
    results.set(id, values);
  }
  for (const { Id: id = '', Expression: expression } of queries) {
    if (expression === undefined) continue;
    const isOverMetrics = expression.includes('METRICS(');
    results.set(id, compileExpression(expression)(isOverMetrics ? metrics : results));
  }
  return results;
}

/** @throws ServiceError for percentiles and other statistics that are not implemented */
export function statisticNamed(name: string | undefined): Statistic {
  const statistic = statistics.find((known) => known === name);
  if (statistic !== undefined) return statistic;
  throw new ServiceError(
    'InvalidParameterValue',
    `The local cloud does not implement the statistic ${name ?? '(none)'}; ` +
      `it has ${statistics.join(', ')}.`,
  );
}

/** The period that all metrics of a set of queries share, in ms. */
export function periodOf(queries: readonly MetricDataQuery[]): number {
  const periods = queries.flatMap(({ MetricStat: one, Period: period }) =>
    one === undefined ? [] : [one.Period ?? period ?? 0],
  );
  const [seconds = 60] = periods;
  if (periods.some((other) => other !== seconds)) {
    throw new ServiceError(
      'ValidationError',
      'The local cloud does not implement metrics of different periods in one expression.',
    );
  }
  return checkPeriod(seconds);
}

/** @throws ServiceError for periods below a minute, which are not implemented */
export function checkPeriod(seconds: number | undefined): number {
  if (seconds !== undefined && seconds >= 60 && seconds % 60 === 0) return seconds * 1_000;
  throw new ServiceError(
    'InvalidParameterValue',
    `The local cloud does not implement the period ${seconds ?? '(none)'} s: ` +
      'use a multiple of 60.',
  );
}
