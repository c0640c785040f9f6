import type {
  CreateRepositoryCreationTemplateRequest,
  CreateRepositoryCreationTemplateResponse,
  DeleteRepositoryCreationTemplateRequest,
  DeleteRepositoryCreationTemplateResponse,
  DescribeRepositoryCreationTemplatesRequest,
  DescribeRepositoryCreationTemplatesResponse,
  RepositoryCreationTemplate,
} from '@aws-sdk/client-ecr';
import { pageOf } from '../../paging.ts';
import { type Operation, ServiceError } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { TagMutability } from './repository.ts';

/** The prefix of the template for every repository that no other one is for. */
const ROOT = 'ROOT';

/** What a template can say and the local cloud would not heed. */
const unheeded = [
  'encryptionConfiguration',
  'imageTagMutabilityExclusionFilters',
  'lifecyclePolicy',
  'repositoryPolicy',
  'resourceTags',
] as const;

/** What a repository gets that ECR itself creates, region by region. */
export class CreationTemplates {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #templates = new Map<string, Map<string, RepositoryCreationTemplate>>();

  constructor() {
    this.operations = {
      CreateRepositoryCreationTemplate: this.#create(),
      DescribeRepositoryCreationTemplates: this.#describe(),
      DeleteRepositoryCreationTemplate: this.#delete(),
    };
  }

  /** Tag mutability of a repository that replication creates: the longest prefix decides. */
  mutabilityFor(region: string, repository: string): TagMutability {
    const [template] = [...this.#in(region).values()]
      .filter(({ prefix = '', appliedFor = [] }) => {
        const isMeant = prefix === ROOT || repository.startsWith(`${prefix}/`);
        return isMeant && appliedFor.includes('REPLICATION');
      })
      .sort((one, other) => reach(other) - reach(one));
    return template?.imageTagMutability === 'IMMUTABLE' ? 'IMMUTABLE' : 'MUTABLE';
  }

  #in(region: string): Map<string, RepositoryCreationTemplate> {
    const known = this.#templates.get(region) ?? new Map<string, RepositoryCreationTemplate>();
    this.#templates.set(region, known);
    return known;
  }

  #create(): Operation<
    CreateRepositoryCreationTemplateRequest,
    CreateRepositoryCreationTemplateResponse
  > {
    return {
      resources: () => ['*'],
      handle: (input, { region, accountId, world }) => {
        const { prefix = '', imageTagMutability = 'MUTABLE' } = input;
        const unknown = unheeded.find((name) => input[name] !== undefined);
        if (unknown !== undefined) {
          throw ecrErrors.invalid(`the local cloud does not implement ${unknown} of templates`);
        }
        if (!['MUTABLE', 'IMMUTABLE'].includes(imageTagMutability)) {
          throw ecrErrors.invalid(`the local cloud does not implement ${imageTagMutability}`);
        }
        if (this.#in(region).has(prefix)) {
          throw new ServiceError(
            'TemplateAlreadyExistsException',
            `The repository creation template with prefix '${prefix}' already exists`,
          );
        }
        const at = new Date(world.nowMs());
        const template = { ...input, imageTagMutability, createdAt: at, updatedAt: at };
        this.#in(region).set(prefix, template);
        return { registryId: accountId, repositoryCreationTemplate: template };
      },
    };
  }

  #describe(): Operation<
    DescribeRepositoryCreationTemplatesRequest,
    DescribeRepositoryCreationTemplatesResponse
  > {
    return {
      resources: () => ['*'],
      handle: (input, { region, accountId }) => {
        const all = [...this.#in(region).values()];
        const { prefixes } = input;
        const found = all.filter(({ prefix = '' }) => prefixes?.includes(prefix) ?? true);
        const page = pageOf(found, input, 1_000);
        return {
          registryId: accountId,
          repositoryCreationTemplates: page.items,
          nextToken: page.nextToken,
        };
      },
    };
  }

  #delete(): Operation<
    DeleteRepositoryCreationTemplateRequest,
    DeleteRepositoryCreationTemplateResponse
  > {
    return {
      resources: () => ['*'],
      handle: ({ prefix = '' }, { region, accountId }) => {
        const template = this.#in(region).get(prefix);
        if (template === undefined) {
          throw new ServiceError(
            'TemplateNotFoundException',
            `The repository creation template with prefix '${prefix}' does not exist`,
          );
        }
        this.#in(region).delete(prefix);
        return { registryId: accountId, repositoryCreationTemplate: template };
      },
    };
  }
}

function reach({ prefix = '' }: RepositoryCreationTemplate): number {
  return prefix === ROOT ? 0 : prefix.length;
}
