import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Application, Fleet, FleetService } from '../core/contract/fleet.ts';
import { repositoryIn } from '../core/contract/repository-in.ts';
import { pinnedImage } from '../core/image-uri.ts';
import { loadBalancerAddress } from './load-balancer-server.ts';
import { pushIntoModel, sampleImage } from './sample-image.ts';
import type { EcrModel } from './services/ecr/ecr-model.ts';
import type { EcsModel } from './services/ecs/ecs-model.ts';
import type { LoadBalancerModel } from './services/elasticloadbalancingv2/load-balancer-model.ts';
import { userAlarms, userFunctions } from './workload-extras.ts';

/** Tag of the image that runs before the first push. */
export const SEED_TAG = '0.0.0-seed';

export interface WorkloadModels {
  readonly ecr: EcrModel;
  readonly ecs: EcsModel;
  readonly elasticloadbalancingv2: LoadBalancerModel;
}

/** How the rest of the user's own resources come into being. */
export interface WorkloadCallbacks {
  /** An alarm of the user that the fleet names. */
  readonly putAlarm: (region: string, alarm: PutMetricAlarmInput) => void;
  /** A function of the user that a failover invokes. */
  readonly createFunction: (region: string, name: string) => void;
}

/**
 * Builds what a user has before Farshore comes: repositories, clusters, services that run an
 * image, load balancers, alarms and functions, all by the names in the fleet file.
 */
export function seedWorkload(
  models: WorkloadModels,
  fleet: Fleet,
  callbacks: WorkloadCallbacks,
): void {
  const regions = Object.keys(fleet.regions);
  for (const region of regions) {
    models.elasticloadbalancingv2.setAddress(region, loadBalancerAddress(regions, region));
  }
  for (const [app, application] of Object.entries(fleet.applications)) {
    const places = new Set([application.home, ...application.regions]);
    for (const region of places) seedImage(models.ecr, region, repositoryIn(application, region));
    for (const region of application.regions) {
      seedServices(models, { app, application, region });
      for (const alarm of userAlarms(application)) callbacks.putAlarm(region, alarm);
      for (const name of userFunctions(application)) callbacks.createFunction(region, name);
    }
  }
}

interface Place {
  readonly app: string;
  readonly application: Application;
  readonly region: string;
}

function seedImage(ecr: EcrModel, region: string, repository: string): void {
  ecr.createRepository(region, repository);
  const target = { region, repository, tag: SEED_TAG, isSeed: true };
  pushIntoModel(ecr, target, sampleImage({ version: SEED_TAG }));
}

function seedServices({ ecr, ecs, ...models }: WorkloadModels, place: Place): void {
  const { app, application, region } = place;
  const repository = repositoryIn(application, region);
  const digest = ecr.repository(region, repository).tags.get(SEED_TAG) ?? '';
  const image = pinnedImage(ecr.accountId, region, repository, digest);
  const balancers = models.elasticloadbalancingv2;
  const endpoint = application.traffic?.endpoints[region];
  const groups = Object.values(application.services).map((service) => {
    ecs.createCluster(region, service.cluster);
    const group =
      endpoint === undefined ? undefined : balancers.createTargetGroup(region, service.service);
    seedService(ecs, { region, service, image, targetGroupArn: group?.arn });
    return group;
  });
  if (endpoint === undefined) return;
  balancers.createLoadBalancer({
    name: app,
    app,
    region,
    dnsName: endpoint.loadBalancer,
    zoneId: endpoint.zoneId,
    hosts: application.traffic === undefined ? [] : [application.traffic.record, endpoint.host],
    targetGroups: groups.filter((group) => group !== undefined),
  });
}

interface SeededService {
  readonly region: string;
  readonly service: FleetService;
  readonly image: string;
  readonly targetGroupArn: string | undefined;
}

const PORT = 8_080;

function seedService(ecs: EcsModel, { region, service, image, targetGroupArn }: SeededService) {
  const known = ecs.findService(region, service.cluster, service.service);
  if (known !== undefined) return;
  const taskDefinition = ecs.registerTaskDefinition(region, {
    family: service.service,
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    containerDefinitions: [
      {
        name: service.container,
        image,
        essential: true,
        portMappings: [{ containerPort: PORT, protocol: 'tcp' }],
      },
    ],
    tags: [{ key: 'workload', value: service.service }],
  });
  ecs.seedService({
    region,
    cluster: service.cluster,
    service: service.service,
    taskDefinition,
    desiredCount: service.min,
    configuration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    loadBalancers:
      targetGroupArn === undefined
        ? []
        : [{ targetGroupArn, containerName: service.container, containerPort: PORT }],
  });
}
