import type { Descriptor, Manifest } from '../ports.ts';
import type { ImageGraph } from './image-graph.ts';

/** What one target region already holds of an image. */
export interface TargetContent {
  readonly region: string;
  readonly missingBlobs: readonly string[];
  readonly manifests: readonly string[];
  /** Digests that the image's tag and its companions' tags name there. */
  readonly tags: Readonly<Record<string, string | undefined>>;
}

/** What has to be written, and in which order. */
export interface ReplicationPlan {
  /** Largest first, each with the regions that lack it: one read feeds them all. */
  readonly blobs: readonly { readonly blob: Descriptor; readonly regions: readonly string[] }[];
  readonly targets: readonly TargetPlan[];
}

export interface TargetPlan {
  readonly region: string;
  /** In order: children, indexes, referrers. */
  readonly manifests: readonly Manifest[];
  /** In order: companions first; the image's own tag last, so a visible tag is a whole image. */
  readonly tags: readonly { readonly tag: string; readonly manifest: Manifest }[];
}

/** Compares an image with what its targets hold. */
export function planReplication(
  graph: ImageGraph,
  tag: string,
  targets: readonly TargetContent[],
): ReplicationPlan {
  const blobs = [...graph.blobs]
    .sort((a, b) => b.size - a.size)
    .map((blob) => ({
      blob,
      regions: targets
        .filter(({ missingBlobs }) => missingBlobs.includes(blob.digest))
        .map(({ region }) => region),
    }))
    .filter(({ regions }) => regions.length > 0);
  return { blobs, targets: targets.map((target) => targetPlan(graph, tag, target)) };
}

function targetPlan(graph: ImageGraph, tag: string, target: TargetContent): TargetPlan {
  const wanted = [...graph.companions, { tag, digest: graph.root.digest }];
  return {
    region: target.region,
    manifests: graph.manifests.filter(({ digest }) => !target.manifests.includes(digest)),
    tags: wanted
      .filter((entry) => target.tags[entry.tag] !== entry.digest)
      .flatMap((entry) => {
        const manifest = graph.manifests.find(({ digest }) => digest === entry.digest);
        return manifest === undefined ? [] : [{ tag: entry.tag, manifest }];
      }),
  };
}
