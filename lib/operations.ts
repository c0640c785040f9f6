import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { metrics, METRICS_NAMESPACE } from '../core/contract/metrics.ts';
import type { LoopFunction } from './loop-function.ts';

const RUNBOOK = 'docs/operator-runbook.md';

/** How many sweeps in a row may be missing before somebody is told. */
const MISSING_SWEEPS_MAX = 5;

export interface OperationsProps {
  readonly loops: readonly LoopFunction[];
  readonly sweep: LoopFunction<'sweep'>;
  readonly sweepEveryMs: number;
  readonly topic: ITopic;
}

interface AlarmText {
  readonly means: string;
  readonly lookAt: string;
  readonly anchor: string;
}

/** Tells people when Farshore itself does not work. Each alarm's description says what to do. */
export class Operations extends Construct {
  readonly #action: SnsAction;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    this.#action = new SnsAction(props.topic);
    for (const loop of props.loops) {
      this.#errors(loop);
      this.#failures(loop);
      this.#deadLetters(loop);
    }
    this.#missingSweeps(props);
  }

  #errors({ name, function: fn }: LoopFunction): void {
    const metric = fn.metricErrors({ period: Duration.minutes(1), statistic: 'Sum' });
    this.#alarm(`${name}-errors`, metric, {
      // One error is retried and mostly heals; three bad minutes of five do not.
      text: {
        means: `The function ${name} failed in three of the last five minutes.`,
        lookAt: `Its log group, and the queue ${name} for messages that come back.`,
        anchor: 'function-errors',
      },
      datapoints: 3,
      of: 5,
    });
  }

  /** A function that hands failed messages back succeeds itself: Lambda counts no error then. */
  #failures({ name }: LoopFunction): void {
    const metric = new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: metrics.failures.name,
      dimensionsMap: { service: name },
      period: Duration.minutes(1),
      statistic: 'Sum',
    });
    this.#alarm(`${name}-failures`, metric, {
      // A message that failed comes again after minutes and mostly goes through then.
      text: {
        means: `Messages of the function ${name} failed in three of the last fifteen minutes.`,
        lookAt: `The lines "A message failed" in its log group; each names the cause.`,
        anchor: 'failed-messages',
      },
      datapoints: 3,
      of: 15,
    });
  }

  #deadLetters({ name, deadLetterQueue }: LoopFunction): void {
    const metric = deadLetterQueue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
    this.#alarm(`${name}-dead-letters`, metric, {
      text: {
        means: `The function ${name} gave up on a message; nobody works on it any more.`,
        lookAt: 'The message in its dead-letter queue and the cause in its attributes.',
        anchor: 'dead-letters',
      },
      datapoints: 1,
      of: 1,
    });
  }

  /**
   * SQS counts the messages that were worked off, and says 0 as long as Lambda asks for more. So
   * silence here means that nothing was ever deployed to look, which is no reason to call anybody.
   */
  #missingSweeps({ sweep, sweepEveryMs }: OperationsProps): void {
    const period = Duration.minutes(Math.max(1, Math.ceil(sweepEveryMs / 60_000)));
    const minutes = MISSING_SWEEPS_MAX * period.toMinutes();
    new Alarm(this, 'missing-sweeps', {
      metric: sweep.queue.metricNumberOfMessagesDeleted({ period, statistic: 'Sum' }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: MISSING_SWEEPS_MAX,
      treatMissingData: TreatMissingData.IGNORE,
      alarmDescription: describe({
        means: `No sweep was finished for ${minutes} minutes: lost events stay lost.`,
        lookAt: 'The schedule, the queue sweep and the log of the function sweep.',
        anchor: 'missing-sweeps',
      }),
    }).addAlarmAction(this.#action);
  }

  #alarm(
    id: string,
    metric: Metric,
    { text, datapoints, of }: { text: AlarmText; datapoints: number; of: number },
  ): void {
    new Alarm(this, id, {
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: datapoints,
      evaluationPeriods: of,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: describe(text),
    }).addAlarmAction(this.#action);
  }
}

function describe({ means, lookAt, anchor }: AlarmText): string {
  return `${means} Look at: ${lookAt} Runbook: ${RUNBOOK}#${anchor}`;
}
