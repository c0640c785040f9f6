import type {
  CreateEventBusCommandOutput,
  PutRuleCommandOutput,
} from '@aws-sdk/client-eventbridge';
import {
  listOf,
  onlyProperties,
  requiredText,
  type ResourceHandler,
  textOf,
} from '../resource-handler.ts';

/** AWS::Events::EventBus. */
export const eventBus: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, ['Description', 'Name']);
  const Name = requiredText(properties, 'Name');
  const Description = textOf(properties, 'Description');
  const output = await deployment.call('eventbridge', 'CreateEventBus', { Name, Description });
  const { EventBusArn: Arn = '' } = output as CreateEventBusCommandOutput;
  return { ref: Name, attributes: { Arn, Name } };
};

/** AWS::Events::Rule with its targets. */
export const rule: ResourceHandler = async (properties, deployment) => {
  onlyProperties(properties, [
    'Description',
    'EventBusName',
    'EventPattern',
    'Name',
    'State',
    'Targets',
  ]);
  const Name = textOf(properties, 'Name') ?? deployment.generatedName(64);
  const EventBusName = textOf(properties, 'EventBusName');
  const output = await deployment.call('eventbridge', 'PutRule', {
    Name,
    EventBusName,
    Description: textOf(properties, 'Description'),
    EventPattern: JSON.stringify(properties['EventPattern']),
    State: textOf(properties, 'State') ?? 'ENABLED',
  });
  const { RuleArn: Arn = '' } = output as PutRuleCommandOutput;
  const Targets = listOf(properties, 'Targets');
  if (Targets.length > 0) {
    await deployment.call('eventbridge', 'PutTargets', { Rule: Name, EventBusName, Targets });
  }
  return { ref: Name, attributes: { Arn } };
};
