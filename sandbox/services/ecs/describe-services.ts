import type {
  Deployment as DeploymentOutput,
  DescribeServicesRequest,
  DescribeServicesResponse,
  Service as ServiceOutput,
} from '@aws-sdk/client-ecs';
import type { Operation } from '../../service-model.ts';
import { ecsErrors } from './ecs-errors.ts';
import type { EcsModel } from './ecs-model.ts';
import { shortName } from './ecs-names.ts';
import { countsOf, type Deployment, type EcsService, primaryOf, tasksOf } from './ecs-state.ts';

/** ECS describes at most this many services in one call. */
const SERVICES_MAX = 10;

export function describeServices(
  model: EcsModel,
): Operation<DescribeServicesRequest, DescribeServicesResponse> {
  return {
    resources: ({ cluster, services }, { region }) =>
      (services ?? []).map((service) => model.names.service(region, cluster, service)),
    conditions: ({ cluster }, { region }) => ({
      'ecs:cluster': model.names.cluster(region, cluster),
    }),
    handle: ({ cluster, services = [], include }, { region }) => {
      if (services.length === 0 || services.length > SERVICES_MAX) {
        throw ecsErrors.invalid(`Give 1 to ${SERVICES_MAX} services.`);
      }
      const known = model.cluster(region, cluster).services;
      const looked = services.map((name) => ({ name, found: known.get(shortName(name)) }));
      return {
        services: looked.flatMap(({ found }) =>
          found === undefined ? [] : [serviceOutput(found, include?.includes('TAGS') === true)],
        ),
        failures: looked
          .filter(({ found }) => found === undefined)
          .map(({ name }) => ({
            arn: model.names.service(region, cluster, name),
            reason: 'MISSING',
          })),
      };
    },
  };
}

/** A service as the API answers it. */
export function serviceOutput(service: EcsService, withTags: boolean): ServiceOutput {
  const counts = countsOf(tasksOf(service));
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: counts.running,
    pendingCount: counts.pending,
    launchType: 'FARGATE',
    platformVersion: 'LATEST',
    platformFamily: 'Linux',
    taskDefinition: primaryOf(service).revision.arn,
    loadBalancers: [...service.loadBalancers],
    serviceRegistries: [],
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: 'ROLLING',
      ...service.configuration,
    },
    deploymentController: { type: service.controller },
    schedulingStrategy: 'REPLICA',
    deployments: service.deployments.map((deployment) => deploymentOutput(service, deployment)),
    events: service.events.map(({ id, atMs, message }) => ({
      id,
      createdAt: new Date(atMs),
      message,
    })),
    createdAt: new Date(service.createdAtMs),
    ...(withTags ? { tags: [...service.tags] } : {}),
  };
}

function deploymentOutput(service: EcsService, deployment: Deployment): DeploymentOutput {
  const tasks = tasksOf(service).filter((task) => task.deployment === deployment);
  const counts = countsOf(tasks);
  const wanted = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length;
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.revision.arn,
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : wanted,
    pendingCount: counts.pending,
    runningCount: counts.running,
    failedTasks: deployment.failedTasks,
    createdAt: new Date(deployment.createdAtMs),
    updatedAt: new Date(deployment.updatedAtMs),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.reason,
  };
}
