import type {
  BatchDeleteImageRequest,
  BatchDeleteImageResponse,
  ImageFailureCode,
  ImageIdentifier,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../service-model.ts';
import { checkedIds } from './batch-get-image.ts';
import { idsOf } from './describe-images.ts';
import type { EcrModel } from './ecr-model.ts';
import { emitImageEvent } from './image-event.ts';
import type { Image, Repository } from './repository.ts';

/**
 * By tag the tag goes, and the image with its last tag; by digest the image goes with all. What an
 * index refers to stays, also when that index goes by the same call.
 */
export function batchDeleteImage(
  model: EcrModel,
): Operation<BatchDeleteImageRequest, BatchDeleteImageResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const images = [...repository.images.values()];
      const children = new Set(
        images.flatMap(({ manifest }) => manifest.children.map(({ digest }) => digest)),
      );
      const answers = checkedIds(input.imageIds).map((id) =>
        remove(model, repository, id, children),
      );
      return {
        imageIds: answers.flatMap((answer) => ('gone' in answer ? answer.gone : [])),
        failures: answers.flatMap((answer) => ('gone' in answer ? [] : [answer])),
      };
    },
  };
}

type Answer = { readonly gone: ImageIdentifier[] } | ReturnType<typeof failure>;

function remove(
  model: EcrModel,
  repository: Repository,
  id: ImageIdentifier,
  children: ReadonlySet<string>,
): Answer {
  const { imageTag, imageDigest } = id;
  const reference = imageTag ?? imageDigest;
  if (reference === undefined) return failure(id, 'MissingDigestAndTag');
  if (imageDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(imageDigest)) {
    return failure(id, 'InvalidImageDigest');
  }
  const image = repository.find(reference);
  if (image === undefined) return failure(id, 'ImageNotFound');
  if (imageDigest !== undefined && image.digest !== imageDigest) {
    return failure(id, 'ImageTagDoesNotMatchDigest');
  }
  const isLast = imageTag === undefined || image.tags.size === 1;
  if (isLast && children.has(image.digest)) return failure(id, 'ImageReferencedByManifestList');
  return { gone: removed(model, repository, image, imageTag) };
}

function removed(
  model: EcrModel,
  repository: Repository,
  image: Image,
  imageTag: string | undefined,
): ImageIdentifier[] {
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

const reasons = {
  ImageNotFound: 'Requested image not found',
  ImageReferencedByManifestList: 'Requested image referenced by manifest list',
  ImageTagDoesNotMatchDigest: 'Requested image tag does not match the requested image digest',
  InvalidImageDigest: 'Invalid request parameters: image digest should satisfy the regex',
  MissingDigestAndTag: 'Invalid request parameters: both tag and digest cannot be null',
} satisfies Partial<Record<ImageFailureCode, string>>;

function failure(imageId: ImageIdentifier, failureCode: keyof typeof reasons) {
  return { imageId, failureCode, failureReason: reasons[failureCode] };
}
