import type { copyMetrics } from './contract/metrics.ts';

/** Measures of one application in one region, for whoever watches over time. */
export interface Meter {
  measure(of: MeasuredIn, metric: CopyMetric, value: number): void;
}

export type CopyMetric = keyof typeof copyMetrics;

export interface MeasuredIn {
  readonly app: string;
  readonly region: string;
}
