import type {
  DeleteAlarmsCommandInput,
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput,
  DisableAlarmActionsCommandInput,
  EnableAlarmActionsCommandInput,
  SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import { alarmStates } from './alarm.ts';
import type { CloudWatchModel } from './cloudwatch-model.ts';

/** All or none: an unknown name refuses the whole request. */
export function deleteAlarms(model: CloudWatchModel): Operation<DeleteAlarmsCommandInput, object> {
  return {
    resources: (input, call) => arnsOf(model, input.AlarmNames, call.region),
    handle: (input, call) => {
      const { alarms } = model.in(call.region);
      const names = input.AlarmNames ?? [];
      const unknown = names.filter((name) => !alarms.has(name));
      if (unknown.length > 0) throw notFound(unknown);
      for (const name of names) alarms.delete(name);
      return {};
    },
  };
}

/** Until the next evaluation, which goes by the data again. */
export function setAlarmState(
  model: CloudWatchModel,
): Operation<SetAlarmStateCommandInput, object> {
  return {
    resources: (input, call) => arnsOf(model, [input.AlarmName ?? ''], call.region),
    handle: (input, call) => {
      const alarm = model.in(call.region).alarms.get(input.AlarmName ?? '');
      if (alarm === undefined) throw notFound([input.AlarmName ?? '']);
      const value = alarmStates.find((state) => state === input.StateValue);
      if (value === undefined) {
        throw new ServiceError('ValidationError', `There is no state ${input.StateValue ?? ''}.`);
      }
      model.transition(alarm, {
        value,
        reason: input.StateReason ?? '',
        reasonData: input.StateReasonData,
        sinceMs: call.world.nowMs(),
      });
      return {};
    },
  };
}

export function enableAlarmActions(
  model: CloudWatchModel,
): Operation<EnableAlarmActionsCommandInput, object> {
  return switchActions(model, true);
}

export function disableAlarmActions(
  model: CloudWatchModel,
): Operation<DisableAlarmActionsCommandInput, object> {
  return switchActions(model, false);
}

function switchActions(
  model: CloudWatchModel,
  isEnabled: boolean,
): Operation<EnableAlarmActionsCommandInput, object> {
  return {
    resources: (input, call) => arnsOf(model, input.AlarmNames, call.region),
    handle: (input, call) => {
      for (const name of input.AlarmNames ?? []) {
        const alarm = model.in(call.region).alarms.get(name);
        if (alarm !== undefined) alarm.actionsEnabled = isEnabled;
      }
      return {};
    },
  };
}

/** CloudWatch's page when a request names none. */
const PAGE_SIZE = 100;

export function describeAlarmHistory(
  model: CloudWatchModel,
): Operation<
  DescribeAlarmHistoryCommandInput,
  Omit<DescribeAlarmHistoryCommandOutput, '$metadata'>
> {
  return {
    resources: (input, call) =>
      input.AlarmName === undefined ? ['*'] : arnsOf(model, [input.AlarmName], call.region),
    handle: (input, call) => {
      const items = [...model.in(call.region).alarms.values()]
        .filter(({ name }) => [undefined, name].includes(input.AlarmName))
        .flatMap(({ name, history }) => history.map((item) => ({ name, ...item })))
        .filter(({ type }) => type === (input.HistoryItemType ?? type))
        .filter(({ atMs }) => atMs >= (input.StartDate?.getTime() ?? 0))
        .filter(({ atMs }) => atMs <= (input.EndDate?.getTime() ?? Infinity))
        .sort((one, other) => other.atMs - one.atMs);
      if (input.ScanBy === 'TimestampAscending') items.reverse();
      const start = Number(input.NextToken ?? 0);
      const end = start + (input.MaxRecords ?? PAGE_SIZE);
      return {
        NextToken: end < items.length ? String(end) : undefined,
        AlarmHistoryItems: items.slice(start, end).map((item) => ({
          AlarmName: item.name,
          AlarmType: 'MetricAlarm',
          Timestamp: new Date(item.atMs),
          HistoryItemType: item.type,
          HistorySummary: item.summary,
          HistoryData: item.data,
        })),
      };
    },
  };
}

function arnsOf(
  model: CloudWatchModel,
  names: readonly string[] | undefined,
  region: string,
): readonly string[] {
  return (names ?? []).map((name) => model.alarmArn(region, name));
}

function notFound(names: readonly string[]): ServiceError {
  const message = `Some of the specified resources were not found: ${names.join(', ')}`;
  return new ServiceError('ResourceNotFound', message, { httpStatus: 404 });
}
