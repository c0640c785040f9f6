import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { readAlarmStates } from './alarm-permissions.ts';
import type { Foundation } from './foundation.ts';
import { LoopFunction } from './loop-function.ts';

export interface ProbingProps {
  readonly foundation: Foundation;
  /** The loop that reads what the probes found. */
  readonly failover: LoopFunction<'fail-over-region'>;
}

/** Looks at every region from this one, as a user's client would, six times a minute. */
export class Probing extends Construct {
  readonly loop: LoopFunction<'probe-regions'>;

  constructor(scope: Construct, id: string, { foundation, failover }: ProbingProps) {
    super(scope, id);
    this.loop = new LoopFunction(this, 'ProbeRegions', {
      name: 'probe-regions',
      foundation,
      environment: { FAILOVER_QUEUE_URL: failover.queue.queueUrl },
      permissions: [
        readAlarmStates,
        {
          actions: ['sqs:SendMessage'],
          resources: [failover.queue.queueArn],
          because: 'A probe that changes the picture wakes the failover loop at once.',
        },
      ],
    });
    new Schedule(this, 'EveryMinute', {
      description: 'One minute of probing',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new SqsSendMessage(this.loop.queue, {
        input: ScheduleTargetInput.fromObject({ kind: 'probe-minute' }),
        deadLetterQueue: this.loop.deadLetterQueue,
        // The next minute brings its own message.
        maxEventAge: Duration.minutes(1),
        retryAttempts: 3,
      }),
    });
  }
}
