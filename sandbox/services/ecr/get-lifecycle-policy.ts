import type { GetLifecyclePolicyRequest, GetLifecyclePolicyResponse } from '@aws-sdk/client-ecr';
import { type Operation, ServiceError } from '../../service-model.ts';
import type { EcrModel } from './ecr-model.ts';

/** The rules by which a repository cleans itself; kept, never carried out here. */
export function getLifecyclePolicy(
  model: EcrModel,
): Operation<GetLifecyclePolicyRequest, GetLifecyclePolicyResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const { name: repositoryName, lifecyclePolicy: lifecyclePolicyText } = repository;
      if (lifecyclePolicyText === undefined) {
        throw new ServiceError(
          'LifecyclePolicyNotFoundException',
          `Lifecycle policy does not exist for the repository with name '${repositoryName}' in ` +
            `the registry with id '${model.accountId}'`,
        );
      }
      return { registryId: model.accountId, repositoryName, lifecyclePolicyText };
    },
  };
}
