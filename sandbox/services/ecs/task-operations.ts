import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  StopTaskRequest,
  StopTaskResponse,
} from '@aws-sdk/client-ecs';
import { pageOf } from '../../paging.ts';
import type { Operation } from '../../service-model.ts';
import { ecsErrors, refuseOthers } from './ecs-errors.ts';
import type { EcsModel } from './ecs-model.ts';
import { shortName } from './ecs-names.ts';
import { stopTask } from './task-lifecycle.ts';
import { taskOutput } from './task-output.ts';

/** ECS lists and describes at most this many tasks at once. */
const TASKS_MAX = 100;

/** Operations on tasks. */
export function taskOperations(model: EcsModel): Readonly<Record<string, Operation>> {
  return { ListTasks: list(model), DescribeTasks: describe(model), StopTask: stop(model) };
}

function list(model: EcsModel): Operation<ListTasksRequest, ListTasksResponse> {
  return {
    resources: () => ['*'],
    conditions: ({ cluster }, { region }) => ({
      'ecs:cluster': model.names.cluster(region, cluster),
    }),
    handle: (input, { region }) => {
      const { serviceName, family, desiredStatus = 'RUNNING' } = input;
      const page = [...model.cluster(region, input.cluster).tasks.values()]
        .filter((task) => task.desiredStatus === desiredStatus)
        .filter((task) => serviceName === undefined || task.service.name === shortName(serviceName))
        .filter((task) => family === undefined || task.deployment.revision.family === family);
      const known = [
        'cluster',
        'serviceName',
        'family',
        'desiredStatus',
        'nextToken',
        'maxResults',
      ];
      refuseOthers('ListTasks', input, known);
      const { items, nextToken } = pageOf(page, input, TASKS_MAX);
      return { taskArns: items.map(({ arn }) => arn), nextToken };
    },
  };
}

function describe(model: EcsModel): Operation<DescribeTasksRequest, DescribeTasksResponse> {
  return {
    resources: ({ cluster, tasks }, { region }) =>
      (tasks ?? []).map((task) => model.names.task(region, cluster, task)),
    conditions: ({ cluster }, { region }) => ({
      'ecs:cluster': model.names.cluster(region, cluster),
    }),
    handle: ({ cluster, tasks = [] }, { region }) => {
      if (tasks.length === 0 || tasks.length > TASKS_MAX) {
        throw ecsErrors.invalid(`Give 1 to ${TASKS_MAX} tasks.`);
      }
      const known = model.cluster(region, cluster).tasks;
      const looked = tasks.map((name) => ({ name, found: known.get(shortName(name)) }));
      return {
        tasks: looked.flatMap(({ found }) => (found === undefined ? [] : [taskOutput(found)])),
        failures: looked
          .filter(({ found }) => found === undefined)
          .map(({ name }) => ({ arn: model.names.task(region, cluster, name), reason: 'MISSING' })),
      };
    },
  };
}

function stop(model: EcsModel): Operation<StopTaskRequest, StopTaskResponse> {
  return {
    resources: ({ cluster, task }, { region }) => [model.names.task(region, cluster, task)],
    conditions: ({ cluster }, { region }) => ({
      'ecs:cluster': model.names.cluster(region, cluster),
    }),
    handle: ({ cluster, task, reason = 'Task stopped by user' }, { region }) => {
      const found = model.cluster(region, cluster).tasks.get(shortName(task));
      if (found === undefined) {
        throw ecsErrors.invalid('The referenced task was not found.');
      }
      stopTask(model, found, { code: 'UserInitiated', reason });
      model.scheduler.look(found.service);
      return { task: taskOutput(found) };
    },
  };
}
