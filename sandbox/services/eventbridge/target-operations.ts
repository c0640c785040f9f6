import type {
  ListTargetsByRuleCommandInput,
  ListTargetsByRuleCommandOutput,
  PutTargetsCommandInput,
  PutTargetsCommandOutput,
  RemoveTargetsCommandInput,
  RemoveTargetsCommandOutput,
  Target,
} from '@aws-sdk/client-eventbridge';
import { pageOf } from '../../paging.ts';
import { ServiceError } from '../../service-model.ts';
import type { Operation } from '../../service-model.ts';
import type { RuleTarget } from './event-bus.ts';
import type { EventBridgeModel } from './eventbridge-model.ts';
import { checkPath } from './target-input.ts';

type Without<Output> = Omit<Output, '$metadata'>;

/** AWS's page, and its largest one. */
const PAGE_SIZE = 100;

/** AWS's quota of targets per rule. */
const TARGETS_MAX = 5;

const supportedMembers = new Set([
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'RetryPolicy',
  'DeadLetterConfig',
]);

export function putTargets(
  model: EventBridgeModel,
): Operation<PutTargetsCommandInput, Without<PutTargetsCommandOutput>> {
  return {
    resources: (input, call) => [model.ruleArn(call.region, input.EventBusName, input.Rule)],
    alsoNeeds: (input) =>
      (input.Targets ?? [])
        .flatMap(({ RoleArn: role }) => (role === undefined ? [] : [role]))
        .map((role) => ({ action: 'iam:PassRole', resources: [role] })),
    handle: (input, call) => {
      const rule = model.rule(call.region, input.EventBusName, input.Rule);
      const targets = (input.Targets ?? []).map((target) => checkTarget(target, call.region));
      const ids = new Set([...rule.targets.keys(), ...targets.map(({ Id }) => Id)]);
      if (ids.size > TARGETS_MAX) {
        throw new ServiceError(
          'LimitExceededException',
          `The requested resource exceeds the maximum number allowed: ${TARGETS_MAX} targets.`,
        );
      }
      for (const target of targets) rule.targets.set(target.Id, target);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
  };
}

function checkTarget(target: Target, region: string): RuleTarget {
  const { Id: id = '', Arn: arn = '' } = target;
  const foreign = Object.entries(target).find(
    ([member, value]) => value !== undefined && !supportedMembers.has(member),
  );
  if (foreign !== undefined) throw invalid(`the local cloud does not implement ${foreign[0]}`, id);
  if (!/^[\w.-]{1,64}$/.test(id)) throw invalid('Id is not valid', id);
  const [, , service, targetRegion, , resource = ''] = arn.split(':');
  if (service === 'events' && resource.startsWith('event-bus/')) {
    if (targetRegion !== region && target.RoleArn === undefined) {
      throw invalid(`RoleArn is required for target ${arn}`, id);
    }
  } else if (service !== 'sqs' && service !== 'lambda') {
    throw invalid(`the local cloud does not implement targets such as ${arn}`, id);
  } else if (targetRegion !== region) {
    throw invalid(`${arn} is not in ${region}; only event buses of other regions are targets`, id);
  }
  if (service === 'sqs' && arn.endsWith('.fifo')) {
    throw invalid('the local cloud does not implement FIFO queues as targets', id);
  }
  checkInput(target, id);
  return { ...target, Id: id, Arn: arn };
}

function checkInput(target: Target, id: string): void {
  const { Input: input, InputPath: path, InputTransformer: transformer } = target;
  if ([input, path, transformer].filter((one) => one !== undefined).length > 1) {
    throw invalid('only one of Input, InputPath and InputTransformer can be given', id);
  }
  if (path !== undefined) checkPath(path);
  for (const one of Object.values(transformer?.InputPathsMap ?? {})) checkPath(one);
}

function invalid(why: string, id: string): ServiceError {
  return new ServiceError('ValidationException', `Target ${id}: ${why}.`);
}

export function listTargetsByRule(
  model: EventBridgeModel,
): Operation<ListTargetsByRuleCommandInput, Without<ListTargetsByRuleCommandOutput>> {
  return {
    resources: (input, call) => [model.ruleArn(call.region, input.EventBusName, input.Rule)],
    handle: (input, call) => {
      const rule = model.rule(call.region, input.EventBusName, input.Rule);
      const { items, nextToken } = pageOf(
        [...rule.targets.values()],
        { nextToken: input.NextToken, maxResults: input.Limit },
        PAGE_SIZE,
      );
      return { Targets: [...items], NextToken: nextToken };
    },
  };
}

export function removeTargets(
  model: EventBridgeModel,
): Operation<RemoveTargetsCommandInput, Without<RemoveTargetsCommandOutput>> {
  return {
    resources: (input, call) => [model.ruleArn(call.region, input.EventBusName, input.Rule)],
    handle: (input, call) => {
      const rule = model.rule(call.region, input.EventBusName, input.Rule);
      const entries = (input.Ids ?? []).filter((id) => !rule.targets.delete(id));
      return {
        FailedEntryCount: entries.length,
        FailedEntries: entries.map((id) => ({
          TargetId: id,
          ErrorCode: 'ResourceNotFoundException',
          ErrorMessage: `Target ${id} does not exist on rule ${rule.name}.`,
        })),
      };
    },
  };
}
