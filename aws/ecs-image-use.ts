import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListServicesCommand,
  ListTasksCommand,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import type { ImageUse, UsedImage } from '../core/image-use.ts';
import { allPages } from './all-pages.ts';
import { isNamed } from './errors.ts';

/** What one call of ECS lists, and describes, at most. */
const LISTED_MAX = 100;
const SERVICES_PER_CALL = 10;
const TASKS_PER_CALL = 100;

/** What ECS runs: the truth behind every record of what was deployed. */
export class EcsImageUse implements ImageUse {
  readonly #client: (region: string) => ECSClient;
  /** A revision never changes, and a run looks at the same ones again and again. */
  readonly #images = new Map<string, readonly string[]>();

  constructor(client: (region: string) => ECSClient) {
    this.#client = client;
  }

  async inCluster(region: string, cluster: string): Promise<readonly UsedImage[]> {
    try {
      const [services, tasks] = await Promise.all([
        this.#services(region, cluster),
        this.#tasks(region, cluster),
      ]);
      const deployed = services.map((service) => this.#usedBy(region, cluster, service));
      return [...(await Promise.all(deployed)).flat(), ...tasks.flatMap((task) => runBy(task))];
    } catch (error) {
      if (isNamed(error, 'ClusterNotFoundException')) return [];
      throw error;
    }
  }

  async inTaskDefinition(region: string, taskDefinition: string): Promise<readonly string[]> {
    const key = `${region} ${taskDefinition}`;
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const images = await this.#imagesOf(region, taskDefinition);
    this.#images.set(key, images);
    return images;
  }

  async #imagesOf(region: string, taskDefinition: string): Promise<readonly string[]> {
    try {
      const answer = await this.#client(region).send(
        new DescribeTaskDefinitionCommand({ taskDefinition }),
      );
      const { containerDefinitions = [] } = answer.taskDefinition ?? {};
      return containerDefinitions.flatMap(({ image }) => image ?? []);
    } catch (error) {
      // So ECS says that a revision was deleted: nothing can be started from it.
      if (isNamed(error, 'ClientException')) return [];
      throw error;
    }
  }

  /** Every deployment counts: tasks of the one that leaves may be started again. */
  async #usedBy(region: string, cluster: string, service: Service): Promise<readonly UsedImage[]> {
    const { serviceName = '', taskDefinition, deployments = [], taskSets = [] } = service;
    const all = [
      taskDefinition,
      ...[...deployments, ...taskSets].map((each) => each.taskDefinition),
    ];
    const revisions = [...new Set(all.flatMap((each) => each ?? []))];
    const images = await Promise.all(revisions.map((each) => this.inTaskDefinition(region, each)));
    const by = `The service ${cluster}/${serviceName}`;
    return [...new Set(images.flat())].map((image) => ({ image, by }));
  }

  async #services(region: string, cluster: string): Promise<readonly Service[]> {
    const client = this.#client(region);
    const arns = await allPages(async (nextToken) => {
      const { serviceArns = [], nextToken: next } = await client.send(
        new ListServicesCommand({ cluster, maxResults: LISTED_MAX, ...tokenOf(nextToken) }),
      );
      return { items: serviceArns, next };
    });
    const answers = await Promise.all(
      inPartsOf(SERVICES_PER_CALL, arns).map((services) =>
        client.send(new DescribeServicesCommand({ cluster, services })),
      ),
    );
    return answers.flatMap(({ services = [] }) => services);
  }

  async #tasks(region: string, cluster: string): Promise<readonly Task[]> {
    const client = this.#client(region);
    const arns = await allPages(async (nextToken) => {
      const { taskArns = [], nextToken: next } = await client.send(
        new ListTasksCommand({ cluster, maxResults: LISTED_MAX, ...tokenOf(nextToken) }),
      );
      return { items: taskArns, next };
    });
    const answers = await Promise.all(
      inPartsOf(TASKS_PER_CALL, arns).map((tasks) =>
        client.send(new DescribeTasksCommand({ cluster, tasks })),
      ),
    );
    return answers.flatMap(({ tasks = [] }) => tasks);
  }
}

function runBy({ containers = [], group = 'a task' }: Task): readonly UsedImage[] {
  return containers.flatMap(({ image, imageDigest }) =>
    image === undefined
      ? []
      : [
          {
            image,
            by: `A task of ${group}`,
            ...(imageDigest === undefined ? {} : { digest: imageDigest }),
          },
        ],
  );
}

function tokenOf(nextToken: string | undefined) {
  return nextToken === undefined ? {} : { nextToken };
}

function inPartsOf<Item>(count: number, items: readonly Item[]): Item[][] {
  const parts = Math.ceil(items.length / count);
  return Array.from({ length: parts }, (_, part) => items.slice(part * count, (part + 1) * count));
}
