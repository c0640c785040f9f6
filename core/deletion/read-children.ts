import { repositoryIn } from '../contract/repository-in.ts';
import { parseManifest } from '../replication/parse-manifest.ts';
import type { DeletionEvent } from './deletion-event.ts';
import type { DeletionPorts } from './deletion-ports.ts';
import type { TargetListing } from './observe-deletion.ts';

/** An index of indexes of indexes is deeper than any image that anybody builds. */
const DEPTH_MAX = 4;

/**
 * Digests of what each image is made of, directly or through another index. An image is the same
 * bytes in every region, so any region that holds it may say.
 */
export async function readChildren(
  ports: Pick<DeletionPorts, 'images'>,
  { application }: Pick<DeletionEvent, 'application'>,
  of: { readonly targets: readonly TargetListing[]; readonly digests: readonly string[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = await Promise.all(
    of.digests.map(async (digest) => {
      const place = of.targets.find(({ held = [] }) => held.some((each) => each.digest === digest));
      if (place === undefined) return [];
      const registry = ports.images.in(place.region);
      const repository = repositoryIn(application, place.region);
      const children: string[] = [];
      let level = [digest];
      for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth += 1) {
        const manifests = await Promise.all(
          level.map((each) => registry.manifest(repository, each)),
        );
        const contents = manifests.map((each) =>
          each === undefined ? undefined : parseManifest(each),
        );
        // What cannot be read may be made of anything.
        if (contents.some((each) => each === undefined || 'refused' in each)) return [];
        level = contents.flatMap((each) =>
          each === undefined || 'refused' in each ? [] : each.children.map((child) => child.digest),
        );
        children.push(...level);
      }
      return [[digest, [...new Set(children)]] as const];
    }),
  );
  return new Map(found.flat());
}
