import type {
  BatchGetImageRequest,
  BatchGetImageResponse,
  ImageIdentifier,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../service-model.ts';
import { findById } from './describe-images.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';

/** ECR takes at most this many image ids in one call. */
const IMAGE_IDS_MAX = 100;

export function batchGetImage(
  model: EcrModel,
): Operation<BatchGetImageRequest, BatchGetImageResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const answer: Required<Pick<BatchGetImageResponse, 'images' | 'failures'>> = {
        images: [],
        failures: [],
      };
      for (const id of checkedIds(input.imageIds)) {
        const image = findById(repository, id);
        if (image === undefined) answer.failures?.push(notFound(id));
        else if (isAccepted(image.manifest.mediaType, input.acceptedMediaTypes)) {
          answer.images?.push({
            registryId: model.accountId,
            repositoryName: repository.name,
            imageId: { imageDigest: image.digest, imageTag: id.imageTag },
            imageManifest: image.body,
            imageManifestMediaType: image.manifest.mediaType,
          });
        } else {
          // ECR would convert; the local cloud refuses, so that no bytes are ever rewritten.
          throw ecrErrors.invalid(
            `the local cloud does not convert ${image.manifest.mediaType} to an accepted type`,
          );
        }
      }
      return answer;
    },
  };
}

/** @throws ServiceError when there are none or too many. */
export function checkedIds(
  ids: readonly ImageIdentifier[] | undefined,
): readonly ImageIdentifier[] {
  if (ids === undefined || ids.length === 0 || ids.length > IMAGE_IDS_MAX) {
    throw ecrErrors.invalid(`at 'imageIds' give 1 to ${IMAGE_IDS_MAX} image ids`);
  }
  return ids;
}

const notFound = (imageId: ImageIdentifier) =>
  ({
    imageId,
    failureCode: 'ImageNotFound',
    failureReason: 'Requested image not found',
  }) as const;

function isAccepted(mediaType: string, accepted: readonly string[] | undefined): boolean {
  return accepted === undefined || accepted.length === 0 || accepted.includes(mediaType);
}
