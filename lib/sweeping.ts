import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { LoopFunction } from './loop-function.ts';

/** The four loops of a region. */
interface Loops {
  readonly replication: LoopFunction<'replicate-image'>;
  readonly rollout: LoopFunction<'roll-out-image'>;
  readonly scaling: LoopFunction<'scale-service'>;
  readonly failover: LoopFunction<'fail-over-region'>;
}

export interface SweepingProps {
  readonly foundation: Foundation;
  readonly loops: Loops;
}

/** Wakes every loop for every application again and again, so that a lost event changes nothing. */
export class Sweeping extends Construct {
  readonly loop: LoopFunction<'sweep'>;

  constructor(scope: Construct, id: string, { foundation, loops }: SweepingProps) {
    super(scope, id);
    const { replication, rollout, scaling, failover } = loops;
    this.loop = new LoopFunction(this, 'Sweep', {
      name: 'sweep',
      foundation,
      environment: {
        REPLICATION_QUEUE_URL: replication.queue.queueUrl,
        ROLLOUT_QUEUE_URL: rollout.queue.queueUrl,
        SCALING_QUEUE_URL: scaling.queue.queueUrl,
        FAILOVER_QUEUE_URL: failover.queue.queueUrl,
      },
      permissions: [
        {
          actions: ['sqs:SendMessage'],
          resources: [replication, rollout, scaling, failover].map(({ queue }) => queue.queueArn),
          because: 'A sweep wakes the loops through their queues.',
        },
      ],
    });
    new Schedule(this, 'Schedule', {
      description: 'Looks at every application again',
      schedule: ScheduleExpression.rate(Duration.minutes(sweepMinutes(foundation))),
      target: new SqsSendMessage(this.loop.queue, {
        input: ScheduleTargetInput.fromObject({ kind: 'sweep' }),
        deadLetterQueue: this.loop.deadLetterQueue,
        maxEventAge: Duration.minutes(sweepMinutes(foundation)),
        retryAttempts: 3,
      }),
    });
  }
}

/** EventBridge Scheduler counts in whole minutes. */
function sweepMinutes({ fleet }: Foundation): number {
  return Math.max(1, Math.ceil(fleet.sweepEvery / 60_000));
}
