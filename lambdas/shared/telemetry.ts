import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { copyMetrics, metrics as names, METRICS_NAMESPACE } from '../../core/contract/metrics.ts';
import type { Decision } from '../../core/decision.ts';
import type { CopyMetric, MeasuredIn, Meter } from '../../core/meter.ts';
import type { Logger as LoggerPort } from '../../core/ports.ts';

type MetricName = keyof typeof names;

/** What a function tells of its work. */
export type FunctionTelemetry = Pick<Telemetry, keyof Telemetry>;

/** What a function says about itself: log lines, and metrics in the same stream (EMF). */
export class Telemetry implements Meter {
  /** The logger as the control plane knows it. */
  readonly port: LoggerPort;
  readonly #logger: Logger;
  readonly #metrics: Metrics;

  constructor(serviceName: string, region: string) {
    this.#logger = new Logger({ serviceName, persistentKeys: { region } });
    this.#metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName });
    this.port = {
      info: (message, fields = {}) => {
        this.#logger.info(message, fields);
      },
      warn: (message, fields = {}) => {
        this.#logger.warn(message, fields);
      },
    };
  }

  /** Names the invocation in every line that follows. */
  begin(context: Context): void {
    this.#logger.addContext(context);
  }

  count(metric: MetricName, value = 1): void {
    this.#metrics.addMetric(names[metric].name, names[metric].unit, value);
  }

  /** One line each, because every application is a dimension of its own. */
  decided(decisions: readonly Decision[]): void {
    for (const { app, action } of decisions) {
      if (action === 'none') continue;
      const { name, unit } = names.decisions;
      this.#metrics.singleMetric().addDimension('app', app).addMetric(name, unit, 1);
    }
  }

  /** A line of its own too: an application and a region are its dimensions. */
  measure({ app, region }: MeasuredIn, metric: CopyMetric, value: number): void {
    const { name, unit } = copyMetrics[metric];
    this.#metrics.singleMetric().addDimensions({ app, region }).addMetric(name, unit, value);
  }

  failed(message: string, error: unknown, fields: Readonly<Record<string, unknown>>): void {
    const cause = error instanceof Error ? error : new Error(String(error));
    this.#logger.error(message, { ...fields, error: cause });
  }

  /** Writes out what was counted. */
  end(): void {
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }
}
