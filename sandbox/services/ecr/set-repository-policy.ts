import type { SetRepositoryPolicyRequest, SetRepositoryPolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';

/** Keeps who else may use a repository. */
export function setRepositoryPolicy(
  model: EcrModel,
): Operation<SetRepositoryPolicyRequest, SetRepositoryPolicyResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      if (input.policyText === undefined) throw ecrErrors.invalid('policyText');
      repository.accessPolicy = input.policyText;
      const { name: repositoryName, accessPolicy: policyText } = repository;
      return { registryId: model.accountId, repositoryName, policyText };
    },
  };
}
