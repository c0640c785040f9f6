import type {
  DeleteRuleCommandInput,
  DescribeRuleCommandInput,
  DescribeRuleCommandOutput,
  DisableRuleCommandInput,
  EnableRuleCommandInput,
  ListRulesCommandInput,
  ListRulesCommandOutput,
  PutRuleCommandInput,
  PutRuleCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { pageOf } from '../../paging.ts';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import type { Rule, RuleTarget } from './event-bus.ts';
import { compilePattern } from './event-pattern.ts';
import type { EventBridgeModel } from './eventbridge-model.ts';

type Without<Output> = Omit<Output, '$metadata'>;

/** AWS's page, and its largest one. */
const PAGE_SIZE = 100;

export function putRule(
  model: EventBridgeModel,
): Operation<PutRuleCommandInput, Without<PutRuleCommandOutput>> {
  return {
    resources: (input, call) => [model.ruleArn(call.region, input.EventBusName, input.Name)],
    alsoNeeds: (input) =>
      input.RoleArn === undefined ? [] : [{ action: 'iam:PassRole', resources: [input.RoleArn] }],
    handle: (input, call) => {
      const bus = model.bus(call.region, input.EventBusName);
      const name = input.Name ?? '';
      const { pattern, isEnabled } = checked(input, name);
      const known = bus.rules.get(name);
      const rule: Rule = {
        name,
        arn: model.ruleArn(call.region, bus.name, name),
        busName: bus.name,
        description: input.Description,
        isEnabled,
        eventPattern: pattern,
        matches: compilePattern(pattern),
        roleArn: input.RoleArn,
        targets: known?.targets ?? new Map<string, RuleTarget>(),
      };
      bus.rules.set(name, rule);
      return { RuleArn: rule.arn };
    },
  };
}

function checked(
  input: PutRuleCommandInput,
  name: string,
): { readonly pattern: string; readonly isEnabled: boolean } {
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw new ServiceError('ValidationException', `Rule name ${name} is not valid.`);
  }
  if (input.ScheduleExpression !== undefined) {
    throw new ServiceError(
      'ValidationException',
      'The local cloud does not implement ScheduleExpression of rules: use EventBridge Scheduler.',
    );
  }
  if (input.EventPattern === undefined) {
    throw new ServiceError(
      'ValidationException',
      'Parameter(s) EventPattern or ScheduleExpression must be specified.',
    );
  }
  const state = input.State ?? 'ENABLED';
  if (state !== 'ENABLED' && state !== 'DISABLED') {
    throw new ServiceError(
      'ValidationException',
      `The local cloud does not implement rules in state ${state}.`,
    );
  }
  return { pattern: input.EventPattern, isEnabled: state === 'ENABLED' };
}

export function describeRule(
  model: EventBridgeModel,
): Operation<DescribeRuleCommandInput, Without<DescribeRuleCommandOutput>> {
  return {
    resources: (input, call) => [model.ruleArn(call.region, input.EventBusName, input.Name)],
    handle: (input, call) => ({
      ...described(model.rule(call.region, input.EventBusName, input.Name)),
      CreatedBy: model.accountId,
    }),
  };
}

export function listRules(
  model: EventBridgeModel,
): Operation<ListRulesCommandInput, Without<ListRulesCommandOutput>> {
  return {
    resources: () => ['*'],
    handle: (input, call) => {
      const rules = [...model.bus(call.region, input.EventBusName).rules.values()]
        .filter((rule) => rule.name.startsWith(input.NamePrefix ?? ''))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
      const { items, nextToken } = pageOf(
        rules,
        { nextToken: input.NextToken, maxResults: input.Limit },
        PAGE_SIZE,
      );
      return { Rules: items.map(described), NextToken: nextToken };
    },
  };
}

export function enableRule(model: EventBridgeModel): Operation<EnableRuleCommandInput, object> {
  return switchRule(model, true);
}

export function disableRule(model: EventBridgeModel): Operation<DisableRuleCommandInput, object> {
  return switchRule(model, false);
}

function switchRule(
  model: EventBridgeModel,
  isEnabled: boolean,
): Operation<EnableRuleCommandInput, object> {
  return {
    resources: (input, call) => [model.ruleArn(call.region, input.EventBusName, input.Name)],
    handle: (input, call) => {
      model.rule(call.region, input.EventBusName, input.Name).isEnabled = isEnabled;
      return {};
    },
  };
}

export function deleteRule(model: EventBridgeModel): Operation<DeleteRuleCommandInput, object> {
  return {
    resources: (input, call) => [model.ruleArn(call.region, input.EventBusName, input.Name)],
    handle: (input, call) => {
      const bus = model.bus(call.region, input.EventBusName);
      const rule = bus.rules.get(input.Name ?? '');
      if (rule !== undefined && rule.targets.size > 0) {
        throw new ServiceError(
          'ValidationException',
          "Rule can't be deleted since it has targets.",
        );
      }
      bus.rules.delete(input.Name ?? '');
      return {};
    },
  };
}

function described(rule: Rule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.eventPattern,
    State: rule.isEnabled ? ('ENABLED' as const) : ('DISABLED' as const),
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: rule.busName,
  };
}
