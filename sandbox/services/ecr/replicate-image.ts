import type { Operation } from '../../service-model.ts';
import type { EcrModel } from './ecr-model.ts';
import type { Image, Repository } from './repository.ts';

/** One image that ECR's replication brings to another region. */
export interface Arrival {
  readonly repositoryName: string;
  readonly digest: string;
  readonly tag: string | undefined;
  readonly sourceRegion: string;
}

/**
 * Puts an image into the destination as ECR's internal ReplicateImage does: it creates the
 * repository, leaves a tag away that is immutable there and taken, emits no push event, and is not
 * itself replicated further.
 */
export function replicateImage(model: EcrModel) {
  return (arrival: Arrival, region: string): Promise<void> => {
    const { repositoryName: name, digest, tag, sourceRegion } = arrival;
    const source = model.find(sourceRegion, name);
    const image = source?.images.get(digest);
    if (source === undefined || image === undefined) return Promise.resolve();
    const mutability = model.templates.mutabilityFor(region, name);
    const target = model.createRepository(region, name, mutability);
    const arrived = store(model, { source, target, image });
    // A tag that was moved meanwhile is on its way with the image that it names now.
    const isCurrent = tag !== undefined && source.tags.get(tag) === digest;
    const given = isCurrent && isFree(target, tag, digest) ? tag : undefined;
    if (given !== undefined) target.tag(given, arrived);
    emitReplicationEvent(model, region, { ...arrival, tag: given, result: 'SUCCESS' });
    return Promise.resolve();
  };
}

/** ECR's internal call; no client can make it, but faults can stand in its way. */
export function replicateImageOperation(model: EcrModel): Operation<Arrival> {
  const arrive = replicateImage(model);
  return {
    resources: ({ repositoryName }, { region }) => [model.repositoryArn(region, repositoryName)],
    handle: (arrival, { region }) => arrive(arrival, region),
  };
}

function store(
  model: EcrModel,
  { source, target, image }: { source: Repository; target: Repository; image: Image },
): Image {
  const { config, layers } = image.manifest;
  for (const { digest } of [...(config === undefined ? [] : [config]), ...layers]) {
    const size = source.blobs.get(digest);
    if (size !== undefined) target.blobs.set(digest, size);
  }
  const known = target.images.get(image.digest);
  if (known !== undefined) return known;
  const arrived = { ...image, pushedAtMs: model.world.nowMs(), tags: new Set<string>() };
  target.images.set(image.digest, arrived);
  return arrived;
}

function isFree({ tags, mutability }: Repository, tag: string, digest: string): boolean {
  const named = tags.get(tag);
  return named === undefined || named === digest || mutability === 'MUTABLE';
}

/** ECR tells of each image in the destination region, whether it arrived or not. */
export function emitReplicationEvent(
  model: EcrModel,
  region: string,
  replicated: Arrival & { readonly result: 'SUCCESS' | 'FAILED' },
): void {
  const { repositoryName, digest, tag, sourceRegion, result } = replicated;
  model.hub.putEvent(region, {
    source: 'aws.ecr',
    detailType: 'ECR Replication Action',
    resources: [model.repositoryArn(region, repositoryName)],
    detail: {
      result,
      'repository-name': repositoryName,
      'image-digest': digest,
      'source-account': model.accountId,
      'action-type': 'REPLICATE',
      'source-region': sourceRegion,
      'image-tag': tag ?? '',
    },
  });
}
