import type { Bucket, MetricId } from './metric-store.ts';

interface EmbeddedMetric {
  readonly metric: MetricId;
  readonly samples: Bucket;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Metrics of a log line in CloudWatch's embedded metric format; none for any other line. */
export function embeddedMetrics(line: string, nowMs: number): readonly EmbeddedMetric[] {
  const record = parse(line);
  const metadata = asObject(record['_aws']);
  const atMs = typeof metadata['Timestamp'] === 'number' ? metadata['Timestamp'] : nowMs;
  return asList(metadata['CloudWatchMetrics']).flatMap((one) => {
    const directive = asObject(one);
    const namespace = String(directive['Namespace']);
    return asList(directive['Metrics']).flatMap((metric) => {
      const name = String(asObject(metric)['Name']);
      const samples = samplesOf(record[name], atMs);
      if (samples === undefined) return [];
      return asList(directive['Dimensions']).map((keys) => ({
        metric: { namespace, name, dimensions: dimensionsIn(record, asList(keys)) },
        samples,
      }));
    });
  });
}

function dimensionsIn(record: JsonObject, keys: readonly unknown[]): MetricId['dimensions'] {
  return Object.fromEntries(keys.map((key) => [String(key), String(record[String(key)])]));
}

/** A value or up to 100 values. */
function samplesOf(value: unknown, atMs: number): Bucket | undefined {
  const values = (Array.isArray(value) ? value : [value]).filter(
    (one): one is number => typeof one === 'number',
  );
  if (values.length === 0) return undefined;
  return {
    startMs: atMs,
    sum: values.reduce((sum, one) => sum + one, 0),
    count: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

function parse(line: string): JsonObject {
  if (!line.startsWith('{') || !line.includes('"CloudWatchMetrics"')) return {};
  try {
    return asObject(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
