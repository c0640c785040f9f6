import type { MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../service-model.ts';
import type { Call, Operation } from '../../service-model.ts';
import { cloudWatchTime, remember } from './alarm.ts';
import type { Alarm } from './alarm.ts';
import { comparisons } from './alarm-reason.ts';
import type { CloudWatchModel } from './cloudwatch-model.ts';
import { missingDataTreatments } from './evaluate-alarm.ts';
import { compileExpression } from './metric-math.ts';
import { checkPeriod, periodOf, statisticNamed } from './query-metrics.ts';

/** Creates an alarm, or replaces the configuration of one and keeps its state. */
export function putMetricAlarm(
  model: CloudWatchModel,
): Operation<PutMetricAlarmCommandInput, object> {
  return {
    resources: (input, call) => [model.alarmArn(call.region, input.AlarmName)],
    handle: (input, call) => {
      check(input);
      const queries = queriesOf(input, model.world.random.uuid());
      const periodMs = periodOf(queries);
      const known = model.in(call.region).alarms.get(input.AlarmName ?? '');
      const alarm = known ?? newAlarm(model, input, call);
      alarm.input = input;
      alarm.queries = queries;
      alarm.periodMs = periodMs;
      alarm.configuredMs = call.world.nowMs();
      alarm.actionsEnabled = input.ActionsEnabled ?? true;
      alarm.isNew = true;
      const done = known === undefined ? 'created' : 'updated';
      remember(alarm, {
        atMs: alarm.configuredMs,
        type: 'ConfigurationUpdate',
        summary: `Alarm "${alarm.name}" ${done}`,
        data: JSON.stringify({ version: '1.0', at: cloudWatchTime(alarm.configuredMs) }),
      });
      model.addAlarm(alarm);
      return {};
    },
  };
}

function newAlarm(model: CloudWatchModel, input: PutMetricAlarmCommandInput, call: Call): Alarm {
  const nowMs = call.world.nowMs();
  const name = input.AlarmName ?? '';
  return {
    name,
    arn: model.alarmArn(call.region, name),
    region: call.region,
    input,
    queries: [],
    periodMs: 0,
    configuredMs: nowMs,
    actionsEnabled: true,
    condition: {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      reasonData: undefined,
      sinceMs: nowMs,
    },
    stateByData: 'INSUFFICIENT_DATA',
    isNew: true,
    history: [],
  };
}

function check(input: PutMetricAlarmCommandInput): void {
  if ((input.AlarmName ?? '') === '') throw invalid('AlarmName is required');
  if (!Object.hasOwn(comparisons, input.ComparisonOperator ?? '')) {
    throw invalid(`the local cloud does not implement ${input.ComparisonOperator ?? '(none)'}`);
  }
  if (input.Threshold === undefined) throw invalid('Threshold is required');
  checkPeriods(input);
  if (![undefined, ...missingDataTreatments].includes(input.TreatMissingData as undefined)) {
    throw invalid(`TreatMissingData cannot be ${input.TreatMissingData ?? ''}`);
  }
  checkActions(input);
}

function checkPeriods(input: PutMetricAlarmCommandInput): void {
  const { EvaluationPeriods: n = 0, DatapointsToAlarm: m = n } = input;
  if (!Number.isInteger(n) || n < 1) throw invalid('EvaluationPeriods must be at least 1');
  if (m < 1 || m > n) throw invalid('DatapointsToAlarm must be 1 to EvaluationPeriods');
}

/** Every action that alarms of the local cloud know is an SNS topic. */
function checkActions(input: PutMetricAlarmCommandInput): void {
  const actions = [
    ...(input.OKActions ?? []),
    ...(input.AlarmActions ?? []),
    ...(input.InsufficientDataActions ?? []),
  ];
  const foreign = actions.find((arn) => !arn.startsWith('arn:aws:sns:'));
  if (foreign !== undefined) {
    throw invalid(`the local cloud does not implement alarm actions such as ${foreign}`);
  }
}

function queriesOf(input: PutMetricAlarmCommandInput, id: string): readonly MetricDataQuery[] {
  const { Metrics: metrics } = input;
  if (metrics !== undefined) return checkQueries(metrics);
  if (input.MetricName === undefined || input.Namespace === undefined) {
    throw invalid('MetricName and Namespace, or Metrics, are required');
  }
  if (input.ExtendedStatistic !== undefined) statisticNamed(input.ExtendedStatistic);
  checkPeriod(input.Period);
  return [
    {
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: input.Namespace,
          MetricName: input.MetricName,
          Dimensions: input.Dimensions,
        },
        Period: input.Period,
        Stat: statisticNamed(input.Statistic),
      },
      ReturnData: true,
    },
  ];
}

function checkQueries(queries: readonly MetricDataQuery[]): readonly MetricDataQuery[] {
  for (const query of queries) {
    if (query.Expression !== undefined) compileExpression(query.Expression);
    else statisticNamed(query.MetricStat?.Stat);
  }
  if (queries.filter(({ ReturnData: returns }) => returns ?? true).length !== 1) {
    throw invalid('exactly one member of Metrics must have ReturnData true');
  }
  return queries;
}

function invalid(why: string): ServiceError {
  return new ServiceError('ValidationError', `PutMetricAlarm: ${why}.`);
}
