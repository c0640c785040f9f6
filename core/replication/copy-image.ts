import { BlobCopier } from './copy-blobs.ts';
import { type CopyFailure, CopyFailures } from './copy-failures.ts';
import { type CopyWatcher, noWatcher } from './copy-watcher.ts';
import { type ImageGraph, ImageWalk, type WalkOptions, withoutPart } from './image-graph.ts';
import { inParallel } from './in-parallel.ts';
import type { Refusal } from './parse-manifest.ts';
import type { CopyTarget } from './place.ts';
import { planReplication, type TargetContent } from './plan-replication.ts';
import { contentOf, joined } from './target-content.ts';
import type { UploadBook } from './upload-book.ts';
import {
  type ManifestWriting,
  tagsNow,
  type TargetWriting,
  writeManifests,
} from './write-manifests.ts';

export interface CopyRequest extends WalkOptions, ManifestWriting {
  readonly digest: string;
  readonly targets: readonly CopyTarget[];
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
 * others. The image itself is under way while what is attached to it is still looked for.
 */
export async function copyImage(request: CopyRequest): Promise<CopyResult | Refusal> {
  const { source, digest, targets, watcher = noWatcher } = request;
  const walk = new ImageWalk(source.registry, source.repository, digest, request);
  const tree = await walk.tree();
  if ('refused' in tree) return tree;

  const failures = new CopyFailures((target, cause) => {
    watcher.failed(target, cause);
  });
  // Once for all targets, while the last layers are still being taken.
  let early: EarlyLook | undefined;
  const poured = () => {
    const { sourceTag, clock } = request;
    const tags = tagsNow(request, sourceTag === undefined ? [] : [sourceTag]);
    tags.catch(() => undefined);
    early = { tags, atMs: clock.nowMs() };
  };
  const copier = new BlobCopier({ ...request, watcher, failures, poured });
  const part = { copier, failures, watcher };
  const restOf = async () => {
    const whole = await stopping(copier, walk.whole());
    if ('refused' in whole) return whole;
    const graph = withoutPart(whole, tree);
    const untagged = targets.map(({ name, registry, repository }) => ({
      name,
      registry,
      repository,
    }));
    return { whole, contents: await copyPart({ ...part, graph, targets: untagged }) };
  };
  const [first, rest] = await bothOf(copyPart({ ...part, graph: tree, targets }), restOf());
  if ('refused' in rest) return rest;

  await inParallel(targets, targets.length, (target) =>
    failures.catching(target.name, async () => {
      const [one, other] = [first.get(target.name), rest.contents.get(target.name)];
      if (one === undefined || other === undefined) return;
      const content = joined(one, other);
      const isFresh = request.clock.nowMs() - (early?.atMs ?? -Infinity) < EARLY_MS;
      const tags = isFresh ? early?.tags : undefined;
      await finish(request, { graph: rest.whole, target, content, copier, failures, early: tags });
      if (!failures.has(target.name)) watcher.finished(target.name);
    }),
  );
  return {
    done: targets.map(({ name }) => name).filter((name) => !failures.has(name)),
    failed: failures.list(),
    stopped: failures.stopped(),
    bytes: copier.bytes,
    attachments: rest.whole.attachments,
  };
}

/** The tag of the source as it was when the last byte of the layers was sent. */
interface EarlyLook {
  readonly tags: Promise<ReadonlyMap<string, string>>;
  readonly atMs: number;
}

/** A registry that took longer for its last answers has the tag looked at again, in ms. */
const EARLY_MS = 2_000;

interface PartCopying {
  readonly graph: ImageGraph;
  readonly targets: readonly CopyTarget[];
  readonly copier: BlobCopier;
  readonly failures: CopyFailures;
  readonly watcher: CopyWatcher;
}

/** Brings the layers of a part to every target that lacks them; returns what targets had. */
async function copyPart({ graph, targets, copier, failures, watcher }: PartCopying) {
  const contents = await inParallel(targets, targets.length, (target) =>
    failures.catching(target.name, () => contentOf(graph, target)),
  );
  const known = contents.filter((content) => content !== undefined);
  const plan = planReplication(graph, known);
  for (const target of plan.targets) watcher.planned(target.name, target.work);
  await copier.copy(plan.blobs);
  return new Map(known.map((content) => [content.name, content]));
}

interface Finishing {
  readonly graph: ImageGraph;
  readonly target: CopyTarget;
  readonly content: TargetContent;
  readonly copier: BlobCopier;
  readonly failures: CopyFailures;
  readonly early: TargetWriting['early'];
}

/** A registry may collect layers before a manifest names them; then they are copied again. */
const WRITES_MAX = 3;

/** Writes manifests and tags once the target has its layers. */
async function finish(request: CopyRequest, work: Finishing): Promise<void> {
  const { graph, target, copier, failures } = work;
  let { content, early } = work;
  for (let writes = 1; writes <= WRITES_MAX; writes += 1) {
    await copier.caughtUp(target.name);
    if (failures.has(target.name)) return;
    const { stages = [] } = planReplication(graph, [content]).targets[0] ?? {};
    const written = await writeManifests(request, { graph, target, stages, early });
    if (written === 'written') return;
    early = undefined;
    content = await contentOf(graph, target);
    await copier.copy(planReplication(graph, [content]).blobs);
  }
  throw new Error(`${target.name} keeps losing layers of ${graph.root.digest}; copy it again`);
}

/** Ends the copying of layers when it turns out that there is nothing to copy them for. */
async function stopping(
  copier: BlobCopier,
  walking: Promise<ImageGraph | Refusal>,
): Promise<ImageGraph | Refusal> {
  try {
    const whole = await walking;
    if ('refused' in whole) copier.stop();
    return whole;
  } catch (error) {
    copier.stop();
    throw error;
  }
}

/** Both results once both have ended, also when one of them fails. */
async function bothOf<One, Other>(one: Promise<One>, other: Promise<Other>) {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}
