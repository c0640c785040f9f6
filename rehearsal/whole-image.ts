import type { WorldView } from './world-view.ts';

/** What is missing of the image behind a tag; undefined when it is whole. */
export function wholeImageProblem(
  view: WorldView,
  region: string,
  repository: string,
  tag: string,
): string | undefined {
  const found = view.cloud.built.models.ecr.find(region, repository);
  const root = found?.tags.get(tag);
  if (found === undefined || root === undefined) return undefined;
  const left = [root];
  for (let digest = left.pop(); digest !== undefined; digest = left.pop()) {
    const image = found.images.get(digest);
    if (image === undefined) return `${repository}:${tag} in ${region} lacks ${digest}`;
    const { children, config, layers } = image.manifest;
    left.push(...children.map((child) => child.digest));
    const blobs = [...(config === undefined ? [] : [config]), ...layers];
    const missing = blobs.find((blob) => !found.blobs.has(blob.digest));
    if (missing !== undefined) return `${repository}:${tag} in ${region} lacks ${missing.digest}`;
  }
  return undefined;
}
