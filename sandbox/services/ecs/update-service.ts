import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../service-model.ts';
import { serviceOutput } from './describe-services.ts';
import { ecsErrors, refuseOthers } from './ecs-errors.ts';
import type { EcsModel } from './ecs-model.ts';
import { shortName } from './ecs-names.ts';
import { type EcsService, primaryOf, type Revision } from './ecs-state.ts';

const known = ['cluster', 'service', 'desiredCount', 'taskDefinition', 'forceNewDeployment'];

/** A desired count changes no deployment; a task definition or force starts one. */
export function updateService(
  model: EcsModel,
): Operation<UpdateServiceRequest, UpdateServiceResponse> {
  return {
    resources: ({ cluster, service }, { region }) => [
      model.names.service(region, cluster, service),
    ],
    conditions: ({ cluster, taskDefinition }, { region }) => ({
      'ecs:cluster': model.names.cluster(region, cluster),
      ...(taskDefinition === undefined
        ? {}
        : { 'ecs:task-definition': model.names.taskDefinition(region, taskDefinition) }),
    }),
    handle: (input, { region }) => {
      refuseOthers('UpdateService', input, known);
      const service = model.cluster(region, input.cluster).services.get(shortName(input.service));
      if (service === undefined) throw ecsErrors.serviceNotFound();
      if (service.status !== 'ACTIVE') throw ecsErrors.serviceNotActive();
      const next = nextRevision(model, service, input);
      if (input.desiredCount !== undefined) setDesiredCount(service, input.desiredCount);
      if (next !== undefined) model.scheduler.deploy(service, next);
      model.scheduler.look(service);
      return { service: serviceOutput(service, false) };
    },
  };
}

/** What to deploy; undefined when nothing about the tasks changes. */
function nextRevision(
  model: EcsModel,
  service: EcsService,
  { taskDefinition, forceNewDeployment }: UpdateServiceRequest,
): Revision | undefined {
  const current = primaryOf(service).revision;
  if (taskDefinition === undefined) return forceNewDeployment === true ? current : undefined;
  if (service.controller !== 'ECS') {
    throw ecsErrors.invalid(
      `Unable to update task definition on services with a ${service.controller} deployment ` +
        'controller.',
    );
  }
  const wanted = model.taskDefinitions.find(service.region, taskDefinition);
  if (wanted === undefined) throw ecsErrors.client('TaskDefinition not found.');
  if (wanted.definition.status !== 'ACTIVE') throw ecsErrors.client('TaskDefinition is inactive');
  return wanted === current && forceNewDeployment !== true ? undefined : wanted;
}

function setDesiredCount(service: EcsService, count: number): void {
  if (!Number.isInteger(count) || count < 0) {
    throw ecsErrors.invalid(`desiredCount ${count} is not a whole number of at least 0.`);
  }
  service.desiredCount = count;
}
