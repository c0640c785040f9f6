import type { CreateScheduleCommandInput, Target } from '@aws-sdk/client-scheduler';
import { ServiceError } from '../../service-model.ts';
import { parseScheduleExpression } from './schedule-expression.ts';
import type { ScheduleExpression } from './schedule-expression.ts';

/** A schedule as it stands; an update replaces it whole. */
export interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly input: CreateScheduleCommandInput;
  readonly expression: ScheduleExpression;
  readonly target: ScheduleTarget;
  readonly createdMs: number;
  readonly modifiedMs: number;
  /** Stops what is planned. */
  cancel: () => void;
}

export type ScheduleTarget = Readonly<Target> & { readonly Arn: string; readonly RoleArn: string };

const supportedTargetMembers = new Set([
  'Arn',
  'RoleArn',
  'Input',
  'RetryPolicy',
  'DeadLetterConfig',
]);

/** The parts of a request that need checking. */
export function checkSchedule(input: CreateScheduleCommandInput): {
  readonly expression: ScheduleExpression;
  readonly target: ScheduleTarget;
} {
  if (!/^[\w.-]{1,64}$/.test(input.Name ?? '')) throw invalid('Name is not valid');
  if ((input.GroupName ?? 'default') !== 'default') {
    throw new ServiceError(
      'ResourceNotFoundException',
      `Schedule group ${input.GroupName ?? ''} does not exist.`,
      { httpStatus: 404 },
    );
  }
  if (input.FlexibleTimeWindow?.Mode !== 'OFF') {
    throw invalid('the local cloud implements only FlexibleTimeWindow OFF');
  }
  const expression = parseScheduleExpression(
    input.ScheduleExpression,
    input.ScheduleExpressionTimezone,
  );
  return { expression, target: checkTarget(input.Target) };
}

function checkTarget(target: Target | undefined): ScheduleTarget {
  const { Arn: arn, RoleArn: role } = target ?? {};
  if (arn === undefined || role === undefined) throw invalid('Target needs Arn and RoleArn');
  const foreign = Object.entries(target ?? {}).find(
    ([member, value]) => value !== undefined && !supportedTargetMembers.has(member),
  );
  if (foreign !== undefined) throw invalid(`the local cloud does not implement ${foreign[0]}`);
  if (!/^arn:aws:(sqs|lambda):[^:]+:\d+:.+/.test(arn) || arn.endsWith('.fifo')) {
    throw invalid(`the local cloud does not implement targets such as ${arn}`);
  }
  return { ...target, Arn: arn, RoleArn: role };
}

function invalid(why: string): ServiceError {
  return new ServiceError('ValidationException', `Schedule: ${why}.`);
}
