import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { ServiceError } from '../../service-model.ts';
import type { World } from '../../world.ts';
import type { EcsNames } from './ecs-names.ts';
import { shortName } from './ecs-names.ts';
import type { Revision } from './ecs-state.ts';

/** Families of task definitions and their revisions, per region. */
export class TaskDefinitions {
  readonly #world: World;
  readonly #names: EcsNames;
  readonly #regions = new Map<string, Map<string, Revision[]>>();

  constructor(world: World, names: EcsNames) {
    this.#world = world;
    this.#names = names;
  }

  /** Keeps every field as it came and adds the ones that ECS adds. */
  register(region: string, request: RegisterTaskDefinitionRequest, by: string): Revision {
    const { tags = [], ...fields } = request;
    const family = request.family ?? '';
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) {
      throw new ServiceError('ClientException', `Family '${family}' contains invalid characters.`);
    }
    if ((request.containerDefinitions ?? []).length === 0) {
      throw new ServiceError('ClientException', 'Container list cannot be empty.');
    }
    const revisions = this.#family(region, family);
    const revision = revisions.length + 1;
    const arn = this.#names.taskDefinition(region, `${family}:${revision}`);
    const registered: Revision = {
      arn,
      family,
      revision,
      tags,
      definition: {
        ...structuredClone(fields),
        containerDefinitions: (fields.containerDefinitions ?? []).map((container) => ({
          cpu: 0,
          portMappings: [],
          essential: true,
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
          ...structuredClone(container),
        })),
        volumes: fields.volumes ?? [],
        placementConstraints: fields.placementConstraints ?? [],
        taskDefinitionArn: arn,
        revision,
        status: 'ACTIVE',
        requiresAttributes: [],
        compatibilities: ['EC2', 'FARGATE'],
        registeredAt: new Date(this.#world.nowMs()),
        registeredBy: by,
      },
    };
    revisions.push(registered);
    return registered;
  }

  /** By ARN, `family:revision`, or family for its newest active revision. */
  find(region: string, name: string): Revision | undefined {
    const [family = '', revision] = shortName(name).split(':');
    const revisions = this.#regions.get(region)?.get(family) ?? [];
    if (revision !== undefined) return revisions[Number(revision) - 1];
    return revisions.findLast(({ definition }) => definition.status === 'ACTIVE');
  }

  /** Oldest first. */
  all(region: string): readonly Revision[] {
    return [...(this.#regions.get(region)?.values() ?? [])].flat();
  }

  #family(region: string, family: string): Revision[] {
    const families = this.#regions.get(region) ?? new Map<string, Revision[]>();
    this.#regions.set(region, families);
    const revisions = families.get(family) ?? [];
    families.set(family, revisions);
    return revisions;
  }
}
