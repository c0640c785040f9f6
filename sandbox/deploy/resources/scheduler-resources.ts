import type { CreateScheduleCommandOutput } from '@aws-sdk/client-scheduler';
import {
  onlyProperties,
  type Properties,
  type ResourceHandler,
  textOf,
} from '../resource-handler.ts';
import { isMapping } from '../template.ts';

/** AWS::Scheduler::Schedule; its properties are the members of CreateSchedule. */
export const schedule: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, [
    'Description',
    'FlexibleTimeWindow',
    'Name',
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'State',
    'Target',
  ]);
  const Name = textOf(properties, 'Name') ?? deployment.generatedName(64);
  const Target = withoutEmpty(properties['Target'] as Properties);
  const input = { ...properties, Name, Target };
  const output = await deployment.call('scheduler', 'CreateSchedule', input);
  const { ScheduleArn: Arn = '' } = output as CreateScheduleCommandOutput;
  return { ref: Name, attributes: { Arn } };
};

/** The CDK writes `SqsParameters: {}` for a target without any, which says nothing. */
function withoutEmpty(target: Properties): Properties {
  const said = Object.entries(target).filter(
    ([, value]) => !isMapping(value) || Object.keys(value).length > 0,
  );
  return Object.fromEntries(said);
}
