import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Fleet } from '../core/contract/fleet.ts';
import { copyMetrics, METRICS_NAMESPACE, metrics } from '../core/contract/metrics.ts';
import type { LoopFunction } from './loop-function.ts';

const WIDTH = 12;

export interface OperationsDashboardProps {
  readonly dashboardName: string;
  readonly loops: readonly LoopFunction[];
  readonly fleet: Fleet;
  /** Copies are measured where they start: in the home region of their application. */
  readonly region: string;
}

/** One page for a region: what Farshore decided, what failed, what waits. */
export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    super(scope, id);
    const { dashboardName, loops } = props;
    const copies = copiesFrom(props);
    new Dashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          new TextWidget({
            width: 2 * WIDTH,
            height: 2,
            markdown:
              'Decisions and their reasons are in the journal: `farshore explain`. ' +
              'What to do about an alarm is in `docs/operator-runbook.md`.',
          }),
        ],
        [
          graph('Decisions', loops.map(own(metrics.decisions.name))),
          graph('Failed actions', loops.map(own(metrics.failures.name))),
        ],
        [
          graph('Errors of functions', loops.map(errorsOf)),
          graph('Duration of functions, p99', loops.map(durationOf)),
        ],
        [
          graph('Age of the oldest message', loops.map(ageOf)),
          graph('Dead letters', loops.map(deadLettersOf)),
        ],
        ...(copies.length === 0
          ? []
          : [
              [
                graph('From a push until it can be seen, p99', copies.map(measured('lag', 'p99'))),
                graph('Bytes of layers written', copies.map(measured('written', 'Sum'))),
              ],
              [
                graph('Calls that ECR throttled', copies.map(measured('throttles', 'Sum'))),
                graph('Bytes of layers that were there', copies.map(measured('skipped', 'Sum'))),
              ],
            ]),
      ],
    });
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: WIDTH, period: Duration.minutes(1) });
}

interface CopyPath {
  readonly app: string;
  readonly region: string;
}

function copiesFrom({ fleet, region }: OperationsDashboardProps): readonly CopyPath[] {
  return Object.entries(fleet.applications)
    .filter(([, { home }]) => home === region)
    .flatMap(([app, { regions }]) =>
      regions.filter((each) => each !== region).map((each) => ({ app, region: each })),
    );
}

function measured(
  metric: keyof typeof copyMetrics,
  statistic: string,
): (path: CopyPath) => IMetric {
  return ({ app, region }) =>
    new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: copyMetrics[metric].name,
      dimensionsMap: { service: 'replicate-image', app, region },
      statistic,
      label: `${app} to ${region}`,
    });
}

function own(metricName: string): (loop: LoopFunction) => IMetric {
  return ({ name }) =>
    new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: name },
      statistic: 'Sum',
      label: name,
    });
}

function errorsOf({ name, function: fn }: LoopFunction): IMetric {
  return fn.metricErrors({ label: name });
}

function durationOf({ name, function: fn }: LoopFunction): IMetric {
  return fn.metricDuration({ label: name, statistic: 'p99' });
}

function ageOf({ name, queue }: LoopFunction): IMetric {
  return queue.metricApproximateAgeOfOldestMessage({ label: name });
}

function deadLettersOf({ name, deadLetterQueue }: LoopFunction): IMetric {
  return deadLetterQueue.metricApproximateNumberOfMessagesVisible({ label: name });
}
