import type { Images } from '../ports.ts';

/** Registries of ECR by region; images from anywhere else are not ours to judge. */
const ecrImage = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^@:]+)(?:@(.+)|:(.+))?$/;

/** Whether a new task could pull this image without any region but its own. */
export async function canPullLocally(
  images: Images,
  image: string,
  { region, repository }: { readonly region: string; readonly repository: string },
): Promise<boolean> {
  const [, registryRegion, name, digest, tag] = ecrImage.exec(image) ?? [];
  if (registryRegion === undefined || name === undefined) return true;
  if (registryRegion !== region) return false;
  // Only the application's repository may be read; another one in the same region is believed.
  if (name !== repository) return true;
  const manifest = await images.in(region).manifest(name, digest ?? tag ?? 'latest');
  return manifest !== undefined;
}
