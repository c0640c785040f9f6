import type { EcsModel } from './ecs-model.ts';
import type { Task } from './ecs-state.ts';

const registryOfEcr = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//;

/**
 * Resolves the images of a task's containers. Answers the first one that is not there; undefined
 * when all are. The first task of a deployment fixes the digests for the later ones, so a tag that
 * moves meanwhile changes nothing.
 */
export function resolveImages(model: EcsModel, task: Task): string | undefined {
  const { digests } = task.deployment;
  for (const container of task.containers) {
    // The local cloud has no other registries, so images from elsewhere always count as there.
    if (!registryOfEcr.test(container.image)) continue;
    const known = digests.get(container.name);
    const image = known === undefined ? container.image : pinned(container.image, known);
    const digest = model.hub.resolveImage(task.cluster.region, image);
    if (digest === undefined) {
      container.reason = 'CannotPullContainerError';
      return image;
    }
    digests.set(container.name, digest);
    container.imageDigest = digest;
    task.labels = {
      ...model.hub.imageLabels?.(task.cluster.region, image),
      ...task.labels,
    };
  }
  return undefined;
}

/** The same repository by digest. */
function pinned(image: string, digest: string): string {
  return `${image.replace(/@.*$/, '').replace(/:[^:/]*$/, '')}@${digest}`;
}
