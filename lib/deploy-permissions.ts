import type { Fleet } from '../core/contract/fleet.ts';
import { arns } from './arns.ts';
import type { Permission } from './permission.ts';

/** Every service of the fleet, in these regions or in all regions of its application. */
function serviceArns(fleet: Fleet, only?: readonly string[]): readonly string[] {
  return Object.values(fleet.applications).flatMap(({ services, regions }) =>
    Object.values(services).flatMap(({ cluster, service }) =>
      regions
        .filter((region) => only?.includes(region) ?? true)
        .map((region) => arns.service(region, cluster, service)),
    ),
  );
}

export function describeServices(fleet: Fleet, only?: readonly string[]): Permission {
  return {
    actions: ['ecs:DescribeServices'],
    resources: serviceArns(fleet, only),
    because: 'State decides: every loop reads the services before it decides about them.',
  };
}

/** Reading the image of a service means reading its task definition. */
export const describeTaskDefinitions: Permission = {
  actions: ['ecs:DescribeTaskDefinition'],
  resources: ['*'],
  because:
    'The image of a service stands in its task definition; ' +
    'ECS offers no resource-level permission for reading one.',
};

/** Changing what a service runs: the one way new code comes into the fleet. */
export function deployPermissions(fleet: Fleet): readonly Permission[] {
  const regions = new Set(Object.values(fleet.applications).flatMap((each) => each.regions));
  return [
    describeTaskDefinitions,
    {
      actions: ['ecs:RegisterTaskDefinition'],
      resources: [...regions].map(arns.taskDefinitions),
      because:
        'A rollout registers a revision with the new image; the family is named in the ' +
        "user's own task definition, which is not known when this is deployed.",
    },
    {
      actions: ['ecs:TagResource'],
      resources: [...regions].map(arns.taskDefinitions),
      conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
      because: 'A new revision keeps the tags of the old one and names its image digest in a tag.',
    },
    {
      actions: ['ecs:UpdateService'],
      resources: serviceArns(fleet),
      conditions: { Null: { 'ecs:enable-execute-command': 'true' } },
      because: 'A rollout puts the new revision on the services, without opening a shell to them.',
    },
    {
      actions: ['iam:PassRole'],
      resources: [arns.roles],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      because:
        'A new revision keeps the roles of the old one. Their names are in the ' +
        "user's own task definitions; they can be passed to ECS tasks only.",
    },
  ];
}

/** Changing how many tasks run, and nothing else about a service. */
export function setDesiredCount(fleet: Fleet, only?: readonly string[]): Permission {
  return {
    actions: ['ecs:UpdateService'],
    resources: serviceArns(fleet, only),
    conditions: {
      Null: { 'ecs:task-definition': 'true', 'ecs:enable-execute-command': 'true' },
    },
    because: 'May change the desired count, but not the code that runs.',
  };
}
