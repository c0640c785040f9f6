import type {
  DescribeImagesRequest,
  DescribeImagesResponse,
  ImageDetail,
  ImageIdentifier,
  ListImagesRequest,
  ListImagesResponse,
} from '@aws-sdk/client-ecr';
import { pageOf } from '../../paging.ts';
import type { Operation } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';
import type { Image, Repository } from './repository.ts';

/** ECR answers at most this many images at once, and this many when not asked. */
const PAGE_MAX = 1_000;
const PAGE_DEFAULT = 100;

export function describeImages(
  model: EcrModel,
): Operation<DescribeImagesRequest, DescribeImagesResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const images =
        input.imageIds?.map((id) => required(repository, id)) ??
        [...repository.images.values()].filter((image) => passes(image, input.filter?.tagStatus));
      const maxResults = input.maxResults ?? PAGE_DEFAULT;
      const page = pageOf(images, { ...input, maxResults }, PAGE_MAX);
      return {
        imageDetails: page.items.map((image) => detailOf(model, repository, image)),
        nextToken: page.nextToken,
      };
    },
  };
}

export function listImages(model: EcrModel): Operation<ListImagesRequest, ListImagesResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const ids = [...repository.images.values()]
        .filter((image) => passes(image, input.filter?.tagStatus))
        .flatMap((image) => idsOf(image));
      const page = pageOf(
        ids,
        { ...input, maxResults: input.maxResults ?? PAGE_DEFAULT },
        PAGE_MAX,
      );
      return { imageIds: page.items, nextToken: page.nextToken };
    },
  };
}

/** One identifier for each tag; an untagged image has one of its digest alone. */
export function idsOf(image: Image): ImageIdentifier[] {
  if (image.tags.size === 0) return [{ imageDigest: image.digest }];
  return [...image.tags].map((imageTag) => ({ imageDigest: image.digest, imageTag }));
}

/** Undefined when the tag or digest is not there, or when both are given and do not agree. */
export function findById(repository: Repository, id: ImageIdentifier): Image | undefined {
  const { imageDigest, imageTag } = id;
  const reference = imageDigest ?? imageTag;
  if (reference === undefined) throw ecrErrors.invalid('an image id needs a tag or a digest');
  const image = repository.find(reference);
  return imageTag !== undefined && image?.tags.has(imageTag) === false ? undefined : image;
}

function required(repository: Repository, id: ImageIdentifier): Image {
  const image = findById(repository, id);
  if (image !== undefined) return image;
  const text = `imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'`;
  throw ecrErrors.imageNotFound(repository.name, text);
}

function passes(image: Image, tagStatus: string | undefined): boolean {
  if (tagStatus === 'TAGGED') return image.tags.size > 0;
  return tagStatus === 'UNTAGGED' ? image.tags.size === 0 : true;
}

function detailOf(model: EcrModel, repository: Repository, image: Image): ImageDetail {
  const { manifest, tags } = image;
  const layerBytes = manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
  return {
    registryId: model.accountId,
    repositoryName: repository.name,
    imageDigest: image.digest,
    ...(tags.size === 0 ? {} : { imageTags: [...tags] }),
    imageSizeInBytes: manifest.config === undefined ? Buffer.byteLength(image.body) : layerBytes,
    imagePushedAt: new Date(image.pushedAtMs),
    imageManifestMediaType: manifest.mediaType,
    artifactMediaType: manifest.artifactType,
    subjectManifestDigest: manifest.subject,
  };
}
