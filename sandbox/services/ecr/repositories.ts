import type {
  CreateRepositoryRequest,
  CreateRepositoryResponse,
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse,
  PutImageTagMutabilityRequest,
  PutImageTagMutabilityResponse,
  Repository as RepositoryOutput,
} from '@aws-sdk/client-ecr';
import { registryHost } from '../../../core/image-uri.ts';
import { pageOf } from '../../paging.ts';
import { type Operation, ServiceError } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';
import { getLifecyclePolicy } from './get-lifecycle-policy.ts';
import { getRepositoryPolicy } from './get-repository-policy.ts';
import { putLifecyclePolicy } from './put-lifecycle-policy.ts';
import type { Repository, TagMutability } from './repository.ts';
import { setRepositoryPolicy } from './set-repository-policy.ts';

/** Operations on repositories themselves. */
export function repositoryOperations(model: EcrModel): Readonly<Record<string, Operation>> {
  return {
    DescribeRepositories: describeRepositories(model),
    CreateRepository: createRepository(model),
    PutImageTagMutability: putImageTagMutability(model),
    GetLifecyclePolicy: getLifecyclePolicy(model),
    PutLifecyclePolicy: putLifecyclePolicy(model),
    GetRepositoryPolicy: getRepositoryPolicy(model),
    SetRepositoryPolicy: setRepositoryPolicy(model),
  };
}

function describeRepositories(
  model: EcrModel,
): Operation<DescribeRepositoriesRequest, DescribeRepositoriesResponse> {
  return {
    resources: ({ repositoryNames }, { region }) =>
      (repositoryNames ?? ['*']).map((name) => model.repositoryArn(region, name)),
    handle: (input, { region }) => {
      const found =
        input.repositoryNames?.map((name) => model.repository(region, name)) ??
        model.repositories(region);
      const page = pageOf(found, input, 1_000);
      return {
        repositories: page.items.map((repository) => outputOf(model, repository)),
        nextToken: page.nextToken,
      };
    },
  };
}

function createRepository(
  model: EcrModel,
): Operation<CreateRepositoryRequest, CreateRepositoryResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const name = input.repositoryName ?? '';
      if (!/^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/.test(name) || name.length < 2) {
        throw ecrErrors.invalid(`at 'repositoryName' '${name}' is not a repository name`);
      }
      if (model.find(region, name) !== undefined) {
        throw new ServiceError(
          'RepositoryAlreadyExistsException',
          `The repository with name '${name}' already exists in the registry with id ` +
            `'${model.accountId}'`,
        );
      }
      const mutability = mutabilityOf(input.imageTagMutability);
      const created = model.createRepository(region, name, mutability);
      created.scansOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
      created.encryption = input.encryptionConfiguration ?? created.encryption;
      return { repository: outputOf(model, created) };
    },
  };
}

function putImageTagMutability(
  model: EcrModel,
): Operation<PutImageTagMutabilityRequest, PutImageTagMutabilityResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      repository.mutability = mutabilityOf(input.imageTagMutability);
      return {
        registryId: model.accountId,
        repositoryName: repository.name,
        imageTagMutability: repository.mutability,
      };
    },
  };
}

function mutabilityOf(given: string | undefined): TagMutability {
  if (given === undefined || given === 'MUTABLE') return 'MUTABLE';
  if (given === 'IMMUTABLE') return given;
  throw ecrErrors.invalid(`the local cloud does not implement imageTagMutability ${given}`);
}

function outputOf(model: EcrModel, repository: Repository): RepositoryOutput {
  const { name, region } = repository;
  return {
    repositoryArn: model.repositoryArn(region, name),
    registryId: model.accountId,
    repositoryName: name,
    repositoryUri: `${registryHost(model.accountId, region)}/${name}`,
    createdAt: new Date(repository.createdAtMs),
    imageTagMutability: repository.mutability,
    imageScanningConfiguration: { scanOnPush: repository.scansOnPush },
    encryptionConfiguration: repository.encryption,
  };
}
