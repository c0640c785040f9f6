import type { EcrModel } from './ecr-model.ts';
import type { Image, Repository } from './repository.ts';

interface ImageAction {
  readonly action: 'PUSH' | 'DELETE';
  readonly image: Image;
  readonly tag: string | undefined;
}

/**
 * Tells EventBridge of one manifest, in the form seen on AWS rather than the documented one: the
 * tag of an untagged child is an empty string and the media types are there. A manifest with a
 * subject is a referrer and has a detail type of its own.
 */
export function emitImageEvent(
  model: EcrModel,
  repository: Repository,
  { action, image, tag }: ImageAction,
): void {
  const { manifest } = image;
  const artifact = manifest.artifactType;
  model.hub.putEvent(repository.region, {
    source: 'aws.ecr',
    detailType: manifest.subject === undefined ? 'ECR Image Action' : 'ECR Referrer Action',
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': repository.name,
      'image-digest': image.digest,
      'action-type': action,
      ...(artifact === undefined ? {} : { 'artifact-media-type': artifact }),
      'image-tag': tag ?? '',
      'manifest-media-type': manifest.mediaType,
    },
  });
}
