import type {
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import { pageOf } from '../../paging.ts';
import type { NeededPermission, Operation } from '../../service-model.ts';
import { ecsErrors } from './ecs-errors.ts';
import type { EcsModel } from './ecs-model.ts';
import type { Revision } from './ecs-state.ts';

const PAGE_MAX = 100;
// Only registering can be allowed for single families; AWS wants `*` for the others.
const resources = (): readonly string[] => ['*'];

/** Operations on task definitions. */
export function taskDefinitionOperations(model: EcsModel): Readonly<Record<string, Operation>> {
  return {
    RegisterTaskDefinition: register(model),
    DescribeTaskDefinition: describe(model),
    DeregisterTaskDefinition: deregister(model),
    ListTaskDefinitions: list(model),
    ListTaskDefinitionFamilies: listFamilies(model),
  };
}

function register(
  model: EcsModel,
): Operation<RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse> {
  const arnOf = (region: string, family = '') => model.names.taskDefinition(region, `${family}:*`);
  return {
    // Judged by the family, because the revision is not known before it is registered.
    resources: ({ family }, { region }) => [arnOf(region, family)],
    alsoNeeds: ({ family, tags = [], taskRoleArn, executionRoleArn }, { region }) => [
      ...[taskRoleArn, executionRoleArn].flatMap((role) =>
        role === undefined ? [] : [passRole(role)],
      ),
      ...(tags.length === 0 ? [] : [tagOnCreation(arnOf(region, family))]),
    ],
    handle: (input, { region, principal, accountId }) => {
      const by = principal.roleArn ?? `arn:aws:iam::${accountId}:root`;
      const { definition, tags } = model.taskDefinitions.register(region, input, by);
      return { taskDefinition: definition, tags: [...tags] };
    },
  };
}

function passRole(role: string): NeededPermission {
  const conditions = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
  return { action: 'iam:PassRole', resources: [role], conditions };
}

function tagOnCreation(arn: string): NeededPermission {
  const conditions = { 'ecs:CreateAction': 'RegisterTaskDefinition' };
  return { action: 'ecs:TagResource', resources: [arn], conditions };
}

function describe(
  model: EcsModel,
): Operation<DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse> {
  return {
    resources,
    handle: ({ taskDefinition, include }, { region }) => {
      const { definition, tags } = found(model, region, taskDefinition);
      const withTags = include?.includes('TAGS') === true;
      return { taskDefinition: definition, ...(withTags ? { tags: [...tags] } : {}) };
    },
  };
}

function deregister(
  model: EcsModel,
): Operation<DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse> {
  return {
    resources,
    handle: ({ taskDefinition }, { region, world }) => {
      const revision = found(model, region, taskDefinition);
      const deregisteredAt = new Date(world.nowMs());
      revision.definition = { ...revision.definition, status: 'INACTIVE', deregisteredAt };
      return { taskDefinition: revision.definition };
    },
  };
}

function list(model: EcsModel): Operation<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse> {
  return {
    resources,
    handle: (input, { region }) => {
      const { familyPrefix, status = 'ACTIVE', sort } = input;
      const arns = model.taskDefinitions
        .all(region)
        .filter(({ family }) => familyPrefix === undefined || family === familyPrefix)
        .filter(({ definition }) => definition.status === status)
        .map(({ arn }) => arn);
      const page = pageOf(sort === 'DESC' ? arns.toReversed() : arns, input, PAGE_MAX);
      return { taskDefinitionArns: page.items, nextToken: page.nextToken };
    },
  };
}

function listFamilies(
  model: EcsModel,
): Operation<ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse> {
  return {
    resources,
    handle: (input, { region }) => {
      const { familyPrefix = '', status = 'ALL' } = input;
      const families = new Set(
        model.taskDefinitions
          .all(region)
          .filter(({ family }) => family.startsWith(familyPrefix))
          .filter(({ definition }) => status === 'ALL' || definition.status === status)
          .map(({ family }) => family),
      );
      const page = pageOf([...families].sort(), input, PAGE_MAX);
      return { families: page.items, nextToken: page.nextToken };
    },
  };
}

function found(model: EcsModel, region: string, name: string | undefined): Revision {
  const revision = model.taskDefinitions.find(region, name ?? '');
  if (revision === undefined) throw ecsErrors.client('Unable to describe task definition.');
  return revision;
}
