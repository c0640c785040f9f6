import type {
  Cluster as ClusterOutput,
  CreateClusterRequest,
  CreateClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
} from '@aws-sdk/client-ecs';
import { pageOf } from '../../paging.ts';
import type { Operation } from '../../service-model.ts';
import { refuseOthers } from './ecs-errors.ts';
import type { EcsModel } from './ecs-model.ts';
import { type Cluster, countsOf } from './ecs-state.ts';

/** Operations on clusters. */
export function clusterOperations(model: EcsModel): Readonly<Record<string, Operation>> {
  const describe: Operation<DescribeClustersRequest, DescribeClustersResponse> = {
    resources: ({ clusters }, { region }) =>
      (clusters ?? ['default']).map((name) => model.names.cluster(region, name)),
    handle: ({ clusters = ['default'] }, { region }) => {
      const looked = clusters.map((name) => ({ name, found: model.findCluster(region, name) }));
      return {
        clusters: looked.flatMap(({ found }) => (found === undefined ? [] : [outputOf(found)])),
        failures: looked
          .filter(({ found }) => found === undefined)
          .map(({ name }) => ({ arn: model.names.cluster(region, name), reason: 'MISSING' })),
      };
    },
  };
  const list: Operation<ListClustersRequest, ListClustersResponse> = {
    resources: () => ['*'],
    handle: (input, { region }) => {
      const page = pageOf(model.clusters(region), input, 100);
      return { clusterArns: page.items.map(({ arn }) => arn), nextToken: page.nextToken };
    },
  };
  const create: Operation<CreateClusterRequest, CreateClusterResponse> = {
    resources: ({ clusterName }, { region }) => [model.names.cluster(region, clusterName)],
    handle: (input, { region }) => {
      refuseOthers('CreateCluster', input, ['clusterName', 'tags']);
      return { cluster: outputOf(model.createCluster(region, input.clusterName ?? 'default')) };
    },
  };
  return { DescribeClusters: describe, ListClusters: list, CreateCluster: create };
}

function outputOf(cluster: Cluster): ClusterOutput {
  const counts = countsOf([...cluster.tasks.values()]);
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    activeServicesCount: cluster.services.size,
  };
}
