import type { Manifest } from '../ports.ts';
import { BlobCopier } from './copy-blobs.ts';
import { type CopyFailure, CopyFailures } from './copy-failures.ts';
import { type CopyWatcher, noWatcher } from './copy-watcher.ts';
import type { Pulse } from './heartbeat.ts';
import { type ImageGraph, walkImage, type WalkOptions } from './image-graph.ts';
import { TerminalError } from '../errors.ts';
import { inParallel } from './in-parallel.ts';
import { checkTime, type TimeLimit } from './out-of-time.ts';
import type { Refusal } from './parse-manifest.ts';
import type { CopyTarget, Place } from './place.ts';
import { planReplication, type TargetContent, type TargetPlan } from './plan-replication.ts';
import type { UploadBook } from './upload-book.ts';

export interface CopyRequest extends WalkOptions, TimeLimit {
  readonly source: Place;
  readonly digest: string;
  /** The tag it was found by; a tag that moves during the copy is not written. */
  readonly sourceTag?: string;
  readonly targets: readonly CopyTarget[];
  readonly pulse: Pulse;
  readonly watcher?: CopyWatcher;
  /** Uploads that an earlier run began; this one goes on with them and writes its own down. */
  readonly book?: UploadBook;
}

/** What became of a copy, target by target. */
export interface CopyResult {
  /** Targets that hold the image now. */
  readonly done: readonly string[];
  readonly failed: readonly CopyFailure[];
  /** Targets that are not done because the time was up; the same request goes on with them. */
  readonly stopped: readonly string[];
  /** Bytes of layers written, over all targets. */
  readonly bytes: number;
  /** Signatures, SBOMs and attestations that travelled with it, by digest. */
  readonly attachments: readonly string[];
}

/**
 * Copies an image with all that belongs to it: layers, children, indexes, referrers, the tag
 * last. Each layer is read once for all targets; a target that fails or lags does not stop the
 * others.
 */
export async function copyImage(request: CopyRequest): Promise<CopyResult | Refusal> {
  const { source, digest, targets, watcher = noWatcher } = request;
  const graph = await walkImage(source.registry, source.repository, digest, request);
  if ('refused' in graph) return graph;

  const failures = new CopyFailures((target, cause) => {
    watcher.failed(target, cause);
  });
  const contents = await inParallel(targets, targets.length, (target) =>
    failures.catching(target.name, () => contentOf(graph, target)),
  );
  const plan = planReplication(
    graph,
    contents.filter((content) => content !== undefined),
  );
  for (const target of plan.targets) watcher.planned(target.name, target.work);

  const copier = new BlobCopier({ ...request, watcher, failures });
  await copier.copy(plan.blobs);
  await inParallel(plan.targets, plan.targets.length, (planned) =>
    failures.catching(planned.name, async () => {
      await copier.caughtUp(planned.name);
      const target = targets.find(({ name }) => name === planned.name);
      if (target === undefined || failures.has(planned.name)) return;
      await writeManifests(request, target, planned);
      watcher.finished(planned.name);
    }),
  );
  return {
    done: targets.map(({ name }) => name).filter((name) => !failures.has(name)),
    failed: failures.list(),
    stopped: failures.stopped(),
    bytes: copier.bytes,
    attachments: graph.attachments,
  };
}

/**
 * What a target holds. Where it has a manifest it has the layers too, because no registry takes a
 * manifest without them; so it is asked only for the layers of manifests that it lacks.
 */
async function contentOf(graph: ImageGraph, target: CopyTarget): Promise<TargetContent> {
  const { name, registry, repository, tag } = target;
  const digests = graph.manifests.map(({ digest }) => digest);
  const tags = [
    ...graph.companions.map((companion) => companion.tag),
    ...(tag === undefined ? [] : [tag]),
  ];
  const held = await registry.digests(repository, [...digests, ...tags]);
  const wanted = graph.manifests
    .filter(({ digest }) => !held.has(digest))
    .flatMap(({ digest }) => graph.blobsOf.get(digest) ?? []);
  const missingBlobs =
    wanted.length === 0 ? [] : await registry.missingBlobs(repository, [...new Set(wanted)]);
  return {
    name,
    ...(tag === undefined ? {} : { tag }),
    missingBlobs,
    manifests: digests.filter((digest) => held.has(digest)),
    tags: Object.fromEntries(tags.map((each) => [each, held.get(each)])),
  };
}

/** Writes what is missing, children first, the tag last. */
async function writeManifests(
  request: CopyRequest,
  { registry, repository, name }: CopyTarget,
  plan: TargetPlan,
): Promise<void> {
  for (const manifest of plan.manifests) {
    checkTime(request);
    await registry.putManifest(repository, manifest);
    await request.pulse.beat();
  }
  for (const { tag, sourceTag, manifest } of plan.tags) {
    const from = sourceTag ?? request.sourceTag;
    if (from !== undefined && !(await isUnmoved(request, from, manifest))) continue;
    if ((await registry.putManifest(repository, manifest, tag)) === 'tag-conflict') {
      throw new TerminalError(
        `the tag ${tag} is immutable in ${name} and names another image; ` +
          'delete it there or push under another tag',
      );
    }
  }
}

/** A companion's new version comes with the next run; the image's own tag must be told. */
async function isUnmoved(
  { source, digest, sourceTag }: CopyRequest,
  tag: string,
  manifest: Manifest,
): Promise<boolean> {
  const current = (await source.registry.digests(source.repository, [tag])).get(tag);
  if (current === manifest.digest) return true;
  if (manifest.digest !== digest || tag !== sourceTag) return false;
  throw new Error(`the tag ${tag} was moved in ${source.name} during the copy; copy it again`);
}
