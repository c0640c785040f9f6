import type { PutLifecyclePolicyRequest, PutLifecyclePolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';

/** Keeps the rules by which ECR would clean a repository. */
export function putLifecyclePolicy(
  model: EcrModel,
): Operation<PutLifecyclePolicyRequest, PutLifecyclePolicyResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      if (input.lifecyclePolicyText === undefined) throw ecrErrors.invalid('lifecyclePolicyText');
      repository.lifecyclePolicy = input.lifecyclePolicyText;
      const { name: repositoryName, lifecyclePolicy: lifecyclePolicyText } = repository;
      return { registryId: model.accountId, repositoryName, lifecyclePolicyText };
    },
  };
}
