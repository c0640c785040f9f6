import type { copyMetrics } from './contract/metrics.ts';

/** Measures of one application in one region, for whoever watches over time. */
export interface Meter {
  measure(of: MeasuredIn, metric: CopyMetric, value: number): void;
}

export type CopyMetric = keyof typeof copyMetrics;

/** What too many calls cost. */
export interface Pressure {
  /** Calls that were refused and came again, or failed. */
  readonly throttles: number;
  /** What calls waited for their turn, in ms. */
  readonly pacedMs: number;
}

export interface MeasuredIn {
  readonly app: string;
  readonly region: string;
}
