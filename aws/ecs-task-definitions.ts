import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { TerminalError } from '../core/errors.ts';
import { digestOf } from '../core/image-uri.ts';
import type { ServiceRef } from '../core/ports.ts';
import { isNamed } from './errors.ts';

/** Tells a person which digest a revision was registered for. */
const IMAGE_DIGEST_TAG = 'farshore:image-digest';

/** Revisions whose images are kept in memory: a revision never changes. */
const IMAGES_KEPT_MAX = 200;

interface Described {
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/** Task definitions of a service: what image one runs, and the same one with another image. */
export class EcsTaskDefinitions {
  readonly #client: (region: string) => ECSClient;
  readonly #images = new Map<string, string>();

  constructor(client: (region: string) => ECSClient) {
    this.#client = client;
  }

  /** Image of the container as written in the revision; empty when it has no such container. */
  async image(ref: ServiceRef, taskDefinition: string): Promise<string> {
    if (taskDefinition === '') return '';
    const key = `${taskDefinition} ${ref.container}`;
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const { definition } = await this.#describe(ref.region, taskDefinition);
    const image = imageOf(definition, ref.container) ?? '';
    if (this.#images.size >= IMAGES_KEPT_MAX) this.#images.clear();
    this.#images.set(key, image);
    return image;
  }

  /**
   * A revision that differs from the current one in nothing but the image. The newest revision of
   * the family is taken when it is that already, so a repetition registers nothing.
   */
  async withImage(ref: ServiceRef, current: string, image: string): Promise<string> {
    const { region, container } = ref;
    const { definition, tags } = await this.#describe(region, current);
    const currentImage = imageOf(definition, container);
    if (currentImage === undefined) {
      const names = (definition.containerDefinitions ?? []).map(({ name = '' }) => name);
      throw new TerminalError(
        `${current} has no container ${container}, only ${names.join(', ')}; ` +
          'correct the container in the fleet file',
      );
    }
    if (currentImage === image) return current;

    const wanted = cloneOf({ definition, tags }, container, image);
    const newest = await this.#newest(region, definition.family ?? current);
    if (newest !== undefined && isSame(wanted, inputOf(newest))) {
      const { taskDefinitionArn = current } = newest.definition;
      return taskDefinitionArn;
    }
    const { taskDefinition } = await this.#client(region).send(
      new RegisterTaskDefinitionCommand(wanted),
    );
    if (taskDefinition?.taskDefinitionArn === undefined) {
      throw new Error(`ECS registered ${definition.family ?? current} without naming the revision`);
    }
    return taskDefinition.taskDefinitionArn;
  }

  /** The newest active revision of a family; undefined when all were deregistered. */
  async #newest(region: string, family: string): Promise<Described | undefined> {
    try {
      return await this.#describe(region, family);
    } catch (error) {
      if (isNamed(error, 'ClientException')) return undefined;
      throw error;
    }
  }

  async #describe(region: string, taskDefinition: string): Promise<Described> {
    const answer = await this.#client(region).send(
      new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }),
    );
    if (answer.taskDefinition === undefined) {
      throw new Error(`ECS described ${taskDefinition} in ${region} without its content`);
    }
    return { definition: answer.taskDefinition, tags: answer.tags ?? [] };
  }
}

function imageOf(definition: TaskDefinition, container: string): string | undefined {
  return definition.containerDefinitions?.find(({ name }) => name === container)?.image;
}

function cloneOf(
  described: Described,
  container: string,
  image: string,
): RegisterTaskDefinitionCommandInput {
  const input = inputOf(described);
  const tags = (input.tags ?? []).filter(({ key }) => key !== IMAGE_DIGEST_TAG);
  return {
    ...input,
    containerDefinitions: (input.containerDefinitions ?? []).map((each) =>
      each.name === container ? { ...each, image } : each,
    ),
    tags: [...tags, { key: IMAGE_DIGEST_TAG, value: digestOf(image) ?? image }],
  };
}

/** What would register this revision again, without what ECS writes itself and refuses from us. */
function inputOf({ definition, tags }: Described): RegisterTaskDefinitionCommandInput {
  const own = Object.entries(definition).filter(([member]) => !written.has(member));
  return {
    ...(Object.fromEntries(own) as Partial<TaskDefinition>),
    family: definition.family,
    containerDefinitions: definition.containerDefinitions,
    // Tags that begin with aws: are AWS's own and cannot be given.
    tags: tags.filter(({ key = '' }) => !key.startsWith('aws:')),
  };
}

const written = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
]);

function isSame(one: object, other: object): boolean {
  return canonical(one) === canonical(other);
}

/** JSON with sorted keys, and tags sorted by key: ECS promises no order of either. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => {
    if (key === 'tags' && Array.isArray(member)) return member.map(canonical).sort();
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
