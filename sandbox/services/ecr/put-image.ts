import type { PutImageRequest, PutImageResponse } from '@aws-sdk/client-ecr';
import { type Operation, ServiceError } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';
import { emitImageEvent } from './image-event.ts';
import { digestOfBytes, type ParsedManifest, parseManifest } from './manifest.ts';
import type { Image, Repository } from './repository.ts';

/** A manifest on its way into a repository. */
export interface NewImage {
  readonly body: string;
  readonly mediaType?: string | undefined;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
  /** For seeding: what was there before anybody listened made no event. */
  readonly isSeed?: boolean | undefined;
}

/** Checks a manifest as ECR does, stores it and tells EventBridge. */
export function putImage(model: EcrModel, repository: Repository, request: NewImage): Image {
  const digest = digestOfBytes(request.body);
  if (request.digest !== undefined && request.digest !== digest) {
    throw new ServiceError(
      'ImageDigestDoesNotMatchException',
      `Calculated image digest ${digest} does not match the given digest ${request.digest}`,
    );
  }
  const manifest = parseManifest(request.body, request.mediaType);
  if (manifest === undefined) {
    throw ecrErrors.invalid(
      "at 'imageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
    );
  }
  checkTag(repository, request.tag, digest);
  checkParts(repository, manifest);
  const known = repository.images.get(digest);
  const image = known ?? {
    digest,
    body: request.body,
    manifest,
    pushedAtMs: model.world.nowMs(),
    tags: new Set<string>(),
  };
  repository.images.set(digest, image);
  if (request.tag !== undefined) repository.tag(request.tag, image);
  if (request.isSeed !== true) {
    emitImageEvent(model, repository, { action: 'PUSH', image, tag: request.tag });
    model.replication.pushed(repository, image, request.tag);
  }
  return image;
}

function checkTag(repository: Repository, tag: string | undefined, digest: string): void {
  const known = repository.images.get(digest);
  if (known !== undefined && (tag === undefined || known.tags.has(tag))) {
    throw new ServiceError(
      'ImageAlreadyExistsException',
      `Image with digest '${digest}' and tag '${tag ?? 'null'}' already exists in the repository ` +
        `with name '${repository.name}'`,
    );
  }
  if (tag !== undefined && repository.tags.has(tag) && repository.mutability === 'IMMUTABLE') {
    throw new ServiceError(
      'ImageTagAlreadyExistsException',
      `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot ` +
        'be overwritten because the tag is immutable.',
    );
  }
}

function checkParts(repository: Repository, manifest: ParsedManifest): void {
  const parts = [manifest.config, ...manifest.layers].filter((part) => part !== undefined);
  const layers = parts.filter(({ digest }) => !repository.blobs.has(digest));
  if (layers.length > 0) {
    throw new ServiceError(
      'LayersNotFoundException',
      `Layers with digests '[${layers.map(({ digest }) => digest).join(', ')}]' required for ` +
        `pushing image into repository with name '${repository.name}' do not exist`,
    );
  }
  const children = manifest.children.filter(({ digest }) => !repository.images.has(digest));
  if (children.length > 0) {
    throw new ServiceError(
      'ReferencedImagesNotFoundException',
      `Images with digests '[${children.map(({ digest }) => digest).join(', ')}]' required for ` +
        `pushing image into repository with name '${repository.name}' do not exist`,
    );
  }
}

export function putImageOperation(model: EcrModel): Operation<PutImageRequest, PutImageResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const image = putImage(model, repository, {
        body: input.imageManifest ?? '',
        mediaType: input.imageManifestMediaType,
        tag: input.imageTag,
        digest: input.imageDigest,
      });
      return {
        image: {
          registryId: model.accountId,
          repositoryName: repository.name,
          imageId: { imageDigest: image.digest, imageTag: input.imageTag },
          imageManifest: image.body,
          imageManifestMediaType: image.manifest.mediaType,
        },
      };
    },
  };
}
