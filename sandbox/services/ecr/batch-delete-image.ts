import type {
  BatchDeleteImageRequest,
  BatchDeleteImageResponse,
  ImageIdentifier,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../service-model.ts';
import { checkedIds, notFound } from './batch-get-image.ts';
import { findById, idsOf } from './describe-images.ts';
import type { EcrModel } from './ecr-model.ts';
import { emitImageEvent } from './image-event.ts';
import type { Repository } from './repository.ts';

/** By tag the tag goes, and the image with its last tag; by digest the image goes with all. */
export function batchDeleteImage(
  model: EcrModel,
): Operation<BatchDeleteImageRequest, BatchDeleteImageResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const ids = checkedIds(input.imageIds);
      const deleted = ids.map((id) => ({ id, gone: remove(model, repository, id) }));
      return {
        imageIds: deleted.flatMap(({ gone }) => gone),
        failures: deleted.filter(({ gone }) => gone.length === 0).map(({ id }) => notFound(id)),
      };
    },
  };
}

function remove(model: EcrModel, repository: Repository, id: ImageIdentifier): ImageIdentifier[] {
  const image = findById(repository, id);
  if (image === undefined) return [];
  const { imageTag } = id;
  const gone = imageTag === undefined ? idsOf(image) : [{ imageDigest: image.digest, imageTag }];
  for (const each of gone) {
    if (each.imageTag !== undefined) repository.untag(each.imageTag);
  }
  if (image.tags.size === 0) repository.remove(image);
  for (const each of gone) {
    emitImageEvent(model, repository, { action: 'DELETE', image, tag: each.imageTag });
  }
  return gone;
}
