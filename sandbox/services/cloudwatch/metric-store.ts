/** A metric: what CloudWatch keeps datapoints of. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Datapoints of one span of time. */
export interface Bucket {
  readonly startMs: number;
  readonly sum: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

export const statistics = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'] as const;
export type Statistic = (typeof statistics)[number];

export interface Span {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly periodMs: number;
}

interface Series extends MetricId {
  /** One bucket a minute, in order of time. */
  buckets: Bucket[];
}

const RESOLUTION_MS = 60_000;
/** A day, the longest look back that Farshore takes, and two hours more. */
const BUCKETS_MAX = 26 * 60;
/** Enough for a fleet of hundreds of services; the oldest series goes first. */
const SERIES_MAX = 5_000;

/** Metrics of one region, aggregated per minute and kept for about a day. */
export class MetricStore {
  readonly #series = new Map<string, Series>();

  /** Adds samples that belong to the minute in which `startMs` lies. */
  add(metric: MetricId, samples: Bucket): void {
    const key = keyOf(metric);
    const known = this.#series.get(key);
    if (known === undefined) this.#makeRoom();
    const series: Series = known ?? { ...metric, buckets: [] };
    if (known === undefined) this.#series.set(key, series);
    const startMs = floor(samples.startMs, RESOLUTION_MS);
    insert(series.buckets, { ...samples, startMs });
    // Cut in steps, because each cut moves the whole list.
    if (series.buckets.length > BUCKETS_MAX + 60)
      series.buckets = series.buckets.slice(-BUCKETS_MAX);
  }

  /** One bucket per period from the start on; undefined where there is no data. */
  read(metric: MetricId, { startMs, endMs, periodMs }: Span): readonly (Bucket | undefined)[] {
    const slots: (Bucket | undefined)[] = Array.from({
      length: Math.max(0, Math.ceil((endMs - startMs) / periodMs)),
    });
    const buckets = this.#series.get(keyOf(metric))?.buckets ?? [];
    for (let place = buckets.length - 1; place >= 0; place -= 1) {
      const bucket = buckets[place];
      if (bucket === undefined || bucket.startMs < startMs) break;
      if (bucket.startMs >= endMs) continue;
      const slot = Math.floor((bucket.startMs - startMs) / periodMs);
      slots[slot] = merge({ ...bucket, startMs: startMs + slot * periodMs }, slots[slot]);
    }
    return slots;
  }

  list(): readonly MetricId[] {
    return [...this.#series.values()];
  }

  #makeRoom(): void {
    if (this.#series.size < SERIES_MAX) return;
    const [oldest] = this.#series.keys();
    if (oldest !== undefined) this.#series.delete(oldest);
  }
}

/** One sample as a bucket. */
export function sample(atMs: number, value: number): Bucket {
  return { startMs: atMs, sum: value, count: 1, min: value, max: value };
}

export function statisticOf(bucket: Bucket, statistic: Statistic): number {
  switch (statistic) {
    case 'Average':
      return bucket.sum / bucket.count;
    case 'Minimum':
      return bucket.min;
    case 'Maximum':
      return bucket.max;
    case 'Sum':
      return bucket.sum;
    case 'SampleCount':
      return bucket.count;
  }
}

export function floor(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}

function insert(buckets: Bucket[], added: Bucket): void {
  let place = buckets.length;
  while (place > 0 && (buckets[place - 1]?.startMs ?? 0) > added.startMs) place -= 1;
  const before = buckets[place - 1];
  if (before?.startMs === added.startMs) buckets[place - 1] = merge(added, before);
  else buckets.splice(place, 0, added);
}

function merge(one: Bucket, other: Bucket | undefined): Bucket {
  if (other === undefined) return one;
  return {
    startMs: one.startMs,
    sum: one.sum + other.sum,
    count: one.count + other.count,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
  };
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  const pairs = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`);
  return [namespace, name, ...pairs.sort()].join('\n');
}
