import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../service-model.ts';
import { serviceOutput } from './describe-services.ts';
import { ecsErrors, refuseOthers } from './ecs-errors.ts';
import type { EcsModel } from './ecs-model.ts';

const known = [
  'cluster',
  'serviceName',
  'taskDefinition',
  'desiredCount',
  'loadBalancers',
  'deploymentConfiguration',
  'deploymentController',
  'launchType',
  'tags',
] as const;

export function createService(
  model: EcsModel,
): Operation<CreateServiceRequest, CreateServiceResponse> {
  return {
    resources: ({ cluster, serviceName }, { region }) => [
      model.names.service(region, cluster, serviceName),
    ],
    conditions: ({ cluster, taskDefinition }, { region }) => ({
      'ecs:cluster': model.names.cluster(region, cluster),
      ...(taskDefinition === undefined
        ? {}
        : { 'ecs:task-definition': model.names.taskDefinition(region, taskDefinition) }),
    }),
    handle: (input, { region }) => {
      refuseOthers('CreateService', input, known);
      const cluster = model.cluster(region, input.cluster);
      const name = input.serviceName ?? '';
      if (cluster.services.has(name)) {
        throw ecsErrors.invalid('Creation of service was not idempotent.');
      }
      const revision = model.taskDefinitions.find(region, input.taskDefinition ?? '');
      if (revision === undefined) throw ecsErrors.client('TaskDefinition not found.');
      const service = model.addService({
        region,
        cluster: cluster.name,
        service: name,
        taskDefinition: revision,
        desiredCount: input.desiredCount ?? 1,
        configuration: input.deploymentConfiguration,
        controller: input.deploymentController?.type,
        loadBalancers: input.loadBalancers,
        tags: input.tags,
      });
      model.scheduler.look(service);
      return { service: serviceOutput(service, true) };
    },
  };
}
