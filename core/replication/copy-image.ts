import { messageOf } from '../errors.ts';
import type { Descriptor, Images } from '../ports.ts';
import { fanOut } from './fan-out.ts';
import { type Heartbeat, TakenOver } from './heartbeat.ts';
import { type ImageGraph, walkImage } from './image-graph.ts';
import { inParallel } from './in-parallel.ts';
import type { Refusal } from './parse-manifest.ts';
import { planReplication, type TargetContent, type TargetPlan } from './plan-replication.ts';

export interface CopyRequest {
  readonly images: Images;
  readonly repository: string;
  readonly home: string;
  readonly digest: string;
  readonly tag: string;
  readonly targets: readonly string[];
  readonly heartbeat: Heartbeat;
}

/** What became of a copy, target by target. */
export interface CopyResult {
  /** Targets that hold the image now. */
  readonly done: readonly string[];
  readonly failed: readonly { readonly region: string; readonly cause: string }[];
  /** Bytes of layers written, over all targets. */
  readonly bytes: number;
  /** Signatures, SBOMs and attestations that travelled with it, by digest. */
  readonly attachments: readonly string[];
}

/** Layers in flight at once: skopeo's six less what three targets' sockets take in a function. */
const BLOBS_PARALLEL = 4;

/** Look-ups in flight at one registry. */
const LOOKUPS_PARALLEL = 8;

/**
 * Copies an image with all that belongs to it: layers, children, indexes, referrers, the tag
 * last. Each layer is read once for all targets; a target that fails does not stop the others.
 */
export async function copyImage(request: CopyRequest): Promise<CopyResult | Refusal> {
  const { images, repository, home, digest, tag } = request;
  const graph = await walkImage(images.in(home), repository, digest);
  if ('refused' in graph) return graph;

  const failures = new Failures();
  const contents = await inParallel(request.targets, request.targets.length, (region) =>
    failures.catching(region, () => contentOf(request, graph, region)),
  );
  const plan = planReplication(
    graph,
    tag,
    contents.filter((content) => content !== undefined),
  );
  let bytes = 0;
  await inParallel(plan.blobs, BLOBS_PARALLEL, async ({ blob, regions }) => {
    const live = regions.filter((region) => !failures.has(region));
    bytes += (await copyBlob(request, { blob, regions: live, failures })) * blob.size;
    await request.heartbeat.beat();
  });
  const whole = plan.targets.filter(({ region }) => !failures.has(region));
  await inParallel(whole, BLOBS_PARALLEL, (target) =>
    failures.catching(target.region, () => writeManifests(request, target)),
  );
  return {
    done: request.targets.filter((region) => !failures.has(region)),
    failed: failures.list(),
    bytes,
    attachments: graph.attachments,
  };
}

/** What a target holds: one batched look for all layers, one look for each manifest and tag. */
async function contentOf(
  { images, repository, tag }: CopyRequest,
  graph: ImageGraph,
  region: string,
): Promise<TargetContent> {
  const registry = images.in(region);
  const digests = graph.manifests.map(({ digest }) => digest);
  const tags = [...graph.companions.map((companion) => companion.tag), tag];
  const [missingBlobs, found] = await Promise.all([
    registry.missingBlobs(
      repository,
      graph.blobs.map(({ digest }) => digest),
    ),
    inParallel([...digests, ...tags], LOOKUPS_PARALLEL, async (reference) => ({
      reference,
      digest: (await registry.manifest(repository, reference))?.digest,
    })),
  ]);
  const held = Object.fromEntries(found.map(({ reference, digest }) => [reference, digest]));
  return {
    region,
    missingBlobs,
    manifests: digests.filter((digest) => held[digest] !== undefined),
    tags: Object.fromEntries(tags.map((name) => [name, held[name]])),
  };
}

/** Returns how many targets took the layer. */
async function copyBlob(
  { images, repository, home, heartbeat }: CopyRequest,
  work: { blob: Descriptor; regions: readonly string[]; failures: Failures },
): Promise<number> {
  const { blob, regions, failures } = work;
  if (regions.length === 0) return 0;
  const source = heartbeat.over(images.in(home).readBlob(repository, blob));
  const outlets = fanOut(source, regions.length);
  const written = await Promise.all(
    outlets.map(async (outlet, at) => {
      const region = regions[at] ?? '';
      return failures.catching(region, async () => {
        try {
          await images.in(region).writeBlob(repository, blob, outlet);
          return region;
        } finally {
          outlet.detach();
        }
      });
    }),
  );
  return written.filter((region) => region !== undefined).length;
}

async function writeManifests(request: CopyRequest, target: TargetPlan): Promise<void> {
  const { images, repository, home, digest, heartbeat } = request;
  const registry = images.in(target.region);
  for (const manifest of target.manifests) {
    await registry.putManifest(repository, manifest);
    await heartbeat.beat();
  }
  for (const { tag, manifest } of target.tags) {
    const current = await images.in(home).manifest(repository, tag);
    if (current?.digest !== manifest.digest) {
      if (manifest.digest !== digest) continue;
      throw new Error(`the tag ${tag} was moved in ${home} during the copy`);
    }
    if ((await registry.putManifest(repository, manifest, tag)) === 'tag-conflict') {
      throw new Error(
        `the tag ${tag} is immutable there and names another image; ` +
          'delete it there or push under another tag',
      );
    }
  }
}

/** Targets that failed, each with its first cause. */
class Failures {
  readonly #causes = new Map<string, string>();

  has(region: string): boolean {
    return this.#causes.has(region);
  }

  list(): CopyResult['failed'] {
    return [...this.#causes].map(([region, cause]) => ({ region, cause }));
  }

  /** Keeps a failure to the target it belongs to; only losing the subject ends the whole run. */
  async catching<T>(region: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TakenOver) throw error;
      if (!this.has(region)) this.#causes.set(region, messageOf(error));
      return undefined;
    }
  }
}
