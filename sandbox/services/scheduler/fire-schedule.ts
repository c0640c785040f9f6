import { ServiceError } from '../../service-model.ts';
import { DEFAULT_MAX_AGE_SECONDS, DEFAULT_MAX_RETRIES } from '../eventbridge/deliver.ts';
import { asynchronousInvocation, deliver, exponentialBackoff } from '../eventbridge/deliver.ts';
import type { DeliveryFailure } from '../eventbridge/deliver.ts';
import { failureAttributes } from '../eventbridge/deliver-event.ts';
import type { Schedule } from './schedule.ts';
import type { SchedulerModel } from './scheduler-model.ts';

/** Sends one firing to the target, within the retry policy of the schedule. */
export function fireSchedule(model: SchedulerModel, schedule: Schedule, scheduledMs: number): void {
  const { world, hub } = model;
  const { region, target } = schedule;
  const isFunction = target.Arn.startsWith('arn:aws:lambda:');
  const input = inputOf(model, schedule, scheduledMs);
  const policy = target.RetryPolicy;
  deliver(world, hub, {
    name: `scheduler ${schedule.name} in ${region}`,
    region,
    send: async () => {
      if (isFunction) await hub.invokeFunction(region, target.Arn, JSON.parse(input));
      else hub.sendToQueue(target.Arn, input, { roleArn: target.RoleArn });
    },
    retry: isFunction
      ? asynchronousInvocation
      : {
          maxAgeMs: (policy?.MaximumEventAgeInSeconds ?? DEFAULT_MAX_AGE_SECONDS) * 1_000,
          maxRetries: policy?.MaximumRetryAttempts ?? DEFAULT_MAX_RETRIES,
          backoffMs: exponentialBackoff(world),
        },
    giveUp: (failure) => {
      bury(model, schedule, { input, failure });
    },
  });
}

/** The target's input with Scheduler's context attributes filled in. */
function inputOf(model: SchedulerModel, schedule: Schedule, scheduledMs: number): string {
  const time = `${new Date(scheduledMs).toISOString().slice(0, 19)}Z`;
  const id = model.world.random.uuid();
  if (schedule.target.Input === undefined) {
    return JSON.stringify({
      version: '0',
      id,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: model.accountId,
      time,
      region: schedule.region,
      resources: [schedule.arn],
      detail: '{}',
    });
  }
  return schedule.target.Input.replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
    .replaceAll('<aws.scheduler.scheduled-time>', time)
    .replaceAll('<aws.scheduler.execution-id>', id)
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

interface Burial {
  readonly input: string;
  readonly failure: DeliveryFailure;
}

function bury(model: SchedulerModel, schedule: Schedule, { input, failure }: Burial): void {
  const count = (name: string): void => {
    const dimensions = { ScheduleGroup: 'default' };
    const datum = { namespace: 'AWS/Scheduler', name, dimensions, value: 1 };
    model.hub.putMetric(schedule.region, datum);
  };
  count('InvocationDroppedCount');
  const queueArn = schedule.target.DeadLetterConfig?.Arn;
  if (queueArn === undefined) return;
  try {
    model.hub.sendToQueue(queueArn, input, {
      attributes: {
        SCHEDULE_ARN: schedule.arn,
        TARGET_ARN: schedule.target.Arn,
        ...failureAttributes(failure),
      },
    });
    count('InvocationsSentToDeadLetterCount');
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    count('InvocationsFailedToBeSentToDeadLetterCount');
  }
}
