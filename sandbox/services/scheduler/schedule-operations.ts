import type {
  CreateScheduleCommandInput,
  CreateScheduleCommandOutput,
  DeleteScheduleCommandInput,
  GetScheduleCommandInput,
  GetScheduleCommandOutput,
  ListScheduleGroupsCommandInput,
  ListScheduleGroupsCommandOutput,
  ListSchedulesCommandInput,
  ListSchedulesCommandOutput,
} from '@aws-sdk/client-scheduler';
import { pageOf } from '../../paging.ts';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import type { SchedulerModel } from './scheduler-model.ts';

type Without<Output> = Omit<Output, '$metadata'>;

/** AWS's page, and its largest one. */
const PAGE_SIZE = 100;
type Put = Operation<CreateScheduleCommandInput, Without<CreateScheduleCommandOutput>>;

export function createSchedule(model: SchedulerModel): Put {
  return {
    ...access(model),
    handle: (input, call) => {
      if (model.schedules(call.region).has(input.Name ?? '')) {
        throw new ServiceError(
          'ConflictException',
          `Schedule ${input.Name ?? ''} already exists.`,
          { httpStatus: 409 },
        );
      }
      return { ScheduleArn: model.put(call.region, input).arn };
    },
  };
}

/** Replaces the whole schedule: what the request leaves out falls back to its default. */
export function updateSchedule(model: SchedulerModel): Put {
  return {
    ...access(model),
    handle: (input, call) => {
      model.schedule(call.region, input.Name);
      return { ScheduleArn: model.put(call.region, input).arn };
    },
  };
}

/** Both writers also hand the target's role on to Scheduler. */
function access(model: SchedulerModel): Pick<Put, 'resources' | 'alsoNeeds'> {
  return {
    resources: (input, call) => [model.arn(call.region, input.Name)],
    alsoNeeds: (input) => {
      const role = input.Target?.RoleArn;
      return role === undefined ? [] : [{ action: 'iam:PassRole', resources: [role] }];
    },
  };
}

export function getSchedule(
  model: SchedulerModel,
): Operation<GetScheduleCommandInput, Without<GetScheduleCommandOutput>> {
  return {
    resources: (input, call) => [model.arn(call.region, input.Name)],
    handle: (input, call) => {
      const { arn, input: given, ...schedule } = model.schedule(call.region, input.Name);
      return {
        Arn: arn,
        GroupName: 'default',
        Name: given.Name,
        ScheduleExpression: given.ScheduleExpression,
        ScheduleExpressionTimezone: given.ScheduleExpressionTimezone ?? 'UTC',
        StartDate: given.StartDate,
        EndDate: given.EndDate,
        Description: given.Description,
        State: given.State ?? 'ENABLED',
        Target: schedule.target,
        FlexibleTimeWindow: given.FlexibleTimeWindow,
        ActionAfterCompletion: given.ActionAfterCompletion ?? 'NONE',
        CreationDate: new Date(schedule.createdMs),
        LastModificationDate: new Date(schedule.modifiedMs),
      };
    },
  };
}

export function listSchedules(
  model: SchedulerModel,
): Operation<ListSchedulesCommandInput, Without<ListSchedulesCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const schedules = [...model.schedules(call.region).values()]
        .filter(({ name }) => name.startsWith(input.NamePrefix ?? ''))
        .filter(({ input: given }) => [undefined, given.State ?? 'ENABLED'].includes(input.State))
        .filter(() => (input.GroupName ?? 'default') === 'default')
        .sort((one, other) => (one.name < other.name ? -1 : 1));
      const page = pageOf(
        schedules,
        { nextToken: input.NextToken, maxResults: input.MaxResults },
        PAGE_SIZE,
      );
      return {
        NextToken: page.nextToken,
        Schedules: page.items.map((schedule) => ({
          Arn: schedule.arn,
          Name: schedule.name,
          GroupName: 'default',
          State: schedule.input.State ?? 'ENABLED',
          Target: { Arn: schedule.target.Arn },
          CreationDate: new Date(schedule.createdMs),
          LastModificationDate: new Date(schedule.modifiedMs),
        })),
      };
    },
  };
}

export function deleteSchedule(
  model: SchedulerModel,
): Operation<DeleteScheduleCommandInput, object> {
  return {
    resources: (input, call) => [model.arn(call.region, input.Name)],
    handle: (input, call) => {
      model.remove(model.schedule(call.region, input.Name));
      return {};
    },
  };
}

/** The default group is the only one here. */
export function listScheduleGroups(
  model: SchedulerModel,
): Operation<ListScheduleGroupsCommandInput, Without<ListScheduleGroupsCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (_input, call) => ({
      ScheduleGroups: [
        {
          Arn: `arn:aws:scheduler:${call.region}:${model.accountId}:schedule-group/default`,
          Name: 'default',
          State: 'ACTIVE',
        },
      ],
    }),
  };
}
