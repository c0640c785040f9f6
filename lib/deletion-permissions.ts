import { targetsOf } from '../core/contract/replication-engine.ts';
import { repositoryIn } from '../core/contract/repository-in.ts';
import { arns } from './arns.ts';
import { describeTaskDefinitions } from './deploy-permissions.ts';
import type { Foundation } from './foundation.ts';
import type { Permission } from './permission.ts';

/** Deleting is allowed only for the repositories of applications that ask for it. */
export function deletionPermissions({ fleet, region }: Foundation): readonly Permission[] {
  const deleting = Object.values(fleet.applications).filter(
    ({ home, replication }) => home === region && replication.deletion !== undefined,
  );
  if (deleting.length === 0) return [];
  const targets = new Set(deleting.flatMap(targetsOf));
  const clusters = Object.values(fleet.applications).flatMap(({ services, regions }) =>
    regions
      .filter((each) => targets.has(each))
      .flatMap((each) => Object.values(services).map(({ cluster }) => ({ region: each, cluster }))),
  );
  const named = [...new Set(clusters.map((each) => arns.cluster(each.region, each.cluster)))];
  return [
    {
      actions: ['ecr:BatchDeleteImage'],
      resources: deleting.flatMap((application) =>
        targetsOf(application).map((each) =>
          arns.repository(each, repositoryIn(application, each)),
        ),
      ),
      because: 'What is deleted at home is deleted elsewhere, and never at home itself.',
    },
    {
      actions: ['ecs:ListServices', 'ecs:ListTasks'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': named } },
      because:
        'Nothing that runs is deleted, whoever runs it; ' +
        'ECS lets listing be narrowed by the cluster only, which the condition does.',
    },
    {
      actions: ['ecs:DescribeServices', 'ecs:DescribeTasks'],
      resources: clusters.flatMap(({ region: each, cluster }) => [
        arns.service(each, cluster, '*'),
        arns.tasks(each, cluster),
      ]),
      because:
        "Services and tasks beside the fleet's own may run an image too; " +
        'their names are not known when this is deployed.',
    },
    describeTaskDefinitions,
  ];
}
