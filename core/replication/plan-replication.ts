import type { BlobWork } from './copy-blobs.ts';
import type { PlannedWork } from './copy-watcher.ts';
import type { ImageGraph } from './image-graph.ts';
import { orderWrites, type PlannedWrite } from './order-writes.ts';

/** What one target already holds of an image. */
export interface TargetContent {
  readonly name: string;
  /** The tag that the image gets there. */
  readonly tag?: string;
  readonly missingBlobs: readonly string[];
  readonly manifests: readonly string[];
  /** Digests that the image's tag and its companions' tags name there. */
  readonly tags: Readonly<Record<string, string | undefined>>;
}

/** What has to be written, and in which order. */
export interface ReplicationPlan {
  /** Largest first, each with the targets that lack it: one read feeds them all. */
  readonly blobs: readonly BlobWork[];
  readonly targets: readonly TargetPlan[];
}

interface TargetPlan {
  readonly name: string;
  /** In order; the image's own tag last, so a visible tag is a whole image. */
  readonly stages: readonly (readonly PlannedWrite[])[];
  readonly work: PlannedWork;
}

/** Compares an image with what its targets hold. */
export function planReplication(
  graph: ImageGraph,
  targets: readonly TargetContent[],
): ReplicationPlan {
  const lacking = targets.map(({ name, missingBlobs }) => ({ name, set: new Set(missingBlobs) }));
  const blobs = [...graph.blobs]
    .sort((a, b) => b.size - a.size)
    .map((blob) => ({
      blob,
      targets: lacking.filter(({ set }) => set.has(blob.digest)).map(({ name }) => name),
    }))
    .filter((work) => work.targets.length > 0);
  return { blobs, targets: targets.map((target) => targetPlan(graph, target)) };
}

function targetPlan(graph: ImageGraph, target: TargetContent): TargetPlan {
  const byDigest = new Map(graph.manifests.map((manifest) => [manifest.digest, manifest]));
  const held = new Set(target.manifests);
  const manifests = graph.manifests.filter(({ digest }) => !held.has(digest));
  const companions = graph.companions
    .filter(({ tag, digest }) => target.tags[tag] !== digest)
    .flatMap(({ tag, digest }) => {
      const manifest = byDigest.get(digest);
      return manifest === undefined ? [] : [{ tag, sourceTag: tag, manifest }];
    });
  const { name, tag } = target;
  const hasTag = tag === undefined || target.tags[tag] === graph.root.digest;
  return {
    name,
    stages: orderWrites(graph, {
      manifests,
      companions,
      own: hasTag ? undefined : { tag, manifest: graph.root },
    }),
    work: { ...workOf(graph, new Set(target.missingBlobs)), manifests: manifests.length },
  };
}

function workOf(graph: ImageGraph, missing: ReadonlySet<string>) {
  const work = { blobs: 0, bytes: 0, presentBlobs: 0, presentBytes: 0 };
  for (const { digest, size } of graph.blobs) {
    const isMissing = missing.has(digest);
    work[isMissing ? 'blobs' : 'presentBlobs'] += 1;
    work[isMissing ? 'bytes' : 'presentBytes'] += size;
  }
  return work;
}
