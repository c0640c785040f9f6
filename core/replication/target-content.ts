import type { ImageGraph } from './image-graph.ts';
import type { CopyTarget } from './place.ts';
import type { TargetContent } from './plan-replication.ts';

/**
 * What a target holds of a graph. Where it has a manifest it has the layers too, because no
 * registry takes a manifest without them; so layers of manifests that it has do not count. A
 * target that was seen with the image is asked for manifests first, and for layers only if some
 * are missing; any other one is asked for both at once, which saves a round trip.
 */
export async function contentOf(graph: ImageGraph, target: CopyTarget): Promise<TargetContent> {
  const { name, registry, repository, tag } = target;
  const digests = graph.manifests.map(({ digest }) => digest);
  const tags = [
    ...graph.companions.map((companion) => companion.tag),
    ...(tag === undefined ? [] : [tag]),
  ];
  const missingOf = (of: readonly string[]) => {
    const blobs = new Set(of.flatMap((digest) => graph.blobsOf.get(digest) ?? []));
    const wanted = graph.blobs.map(({ digest }) => digest).filter((each) => blobs.has(each));
    return wanted.length === 0 ? [] : registry.missingBlobs(repository, wanted);
  };
  const isLikelyThere = target.seen === graph.root.digest;
  const asked = [...digests, ...tags];
  const [held, early] = await Promise.all([
    asked.length === 0 ? new Map<string, string>() : registry.digests(repository, asked),
    isLikelyThere ? undefined : missingOf(digests),
  ]);
  const missing = digests.filter((digest) => !held.has(digest));
  return {
    name,
    ...(tag === undefined ? {} : { tag }),
    missingBlobs: missing.length === 0 ? [] : (early ?? (await missingOf(missing))),
    manifests: digests.filter((digest) => held.has(digest)),
    tags: Object.fromEntries(tags.map((each) => [each, held.get(each)])),
  };
}

/** What is known of a target from two parts of one image. */
export function joined(one: TargetContent, other: TargetContent): TargetContent {
  return {
    ...one,
    missingBlobs: [...one.missingBlobs, ...other.missingBlobs],
    manifests: [...one.manifests, ...other.manifests],
    tags: { ...one.tags, ...other.tags },
  };
}
