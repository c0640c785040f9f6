import type { GetRepositoryPolicyRequest, GetRepositoryPolicyResponse } from '@aws-sdk/client-ecr';
import { type Operation, ServiceError } from '../../service-model.ts';
import type { EcrModel } from './ecr-model.ts';

/** Who else may use a repository; kept, never enforced here. */
export function getRepositoryPolicy(
  model: EcrModel,
): Operation<GetRepositoryPolicyRequest, GetRepositoryPolicyResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const { name: repositoryName, accessPolicy: policyText } = repository;
      if (policyText === undefined) {
        throw new ServiceError(
          'RepositoryPolicyNotFoundException',
          `Repository policy does not exist for the repository with name '${repositoryName}' in ` +
            `the registry with id '${model.accountId}'`,
        );
      }
      return { registryId: model.accountId, repositoryName, policyText };
    },
  };
}
