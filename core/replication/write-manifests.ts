import type { PutManifest } from '../put-manifest.ts';
import { TagTaken } from '../errors.ts';
import type { Pulse } from './heartbeat.ts';
import type { ImageGraph } from './image-graph.ts';
import { inParallel } from './in-parallel.ts';
import type { PlannedWrite } from './order-writes.ts';
import { checkTime, type TimeLimit } from './out-of-time.ts';
import type { CopyTarget, Place } from './place.ts';

export interface ManifestWriting extends TimeLimit {
  readonly source: Place;
  /** The tag it was found by; a tag that moves during the copy is not written. */
  readonly sourceTag?: string;
  readonly pulse: Pulse;
}

/** Writes in flight to one registry: half a second's worth of what ECR takes. */
const PARALLEL = 5;

/** The tag names another image at the source than when the copy began. */
class TagMoved extends Error {
  override readonly name = 'TagMoved';
}

/** Everything that is written to one target. */
export interface TargetWriting {
  readonly graph: ImageGraph;
  readonly target: CopyTarget;
  readonly stages: readonly (readonly PlannedWrite[])[];
  /** A look at the tag in the source that was begun when the layers were sent. */
  readonly early?: Promise<ReadonlyMap<string, string>> | undefined;
}

/** Puts what is missing, stage by stage; `incomplete` when layers went missing meanwhile. */
export async function writeManifests(
  writing: ManifestWriting,
  work: TargetWriting,
): Promise<'written' | 'incomplete'> {
  const { graph, target, stages, early } = work;
  const isOwnOnly = stages[0]?.every(isOwnTag) === true;
  let looking = (isOwnOnly ? early : undefined) ?? look(writing, stages[0]);
  for (const [at, stage] of stages.entries()) {
    const current = await looking;
    // The source is asked for the tags of the next stage while this one is written.
    looking = look(writing, stages[at + 1]);
    looking.catch(() => undefined);
    if (stage.some(isOwnTag)) await linkReferrers(graph, target);
    const wanted = stage.filter((write) => isUnmoved(writing, write, current));
    const put = await inParallel(wanted, PARALLEL, (write) => putOne(writing, target, write));
    if (put.includes('incomplete')) return 'incomplete';
  }
  if (!stages.flat().some(isOwnTag) && stages.length > 0) await linkReferrers(graph, target);
  return 'written';
}

async function putOne(
  writing: ManifestWriting,
  { registry, repository, name }: CopyTarget,
  { manifest, tag }: PlannedWrite,
): Promise<PutManifest> {
  checkTime(writing);
  const result = await registry.putManifest(repository, manifest, tag);
  if (result === 'tag-conflict') {
    throw new TagTaken(
      `the tag ${tag ?? ''} is immutable in ${name} and names another image; ` +
        'delete it there or push under another tag',
    );
  }
  await writing.pulse.beat();
  return result;
}

/** What the source's tags name now. */
function look(writing: ManifestWriting, stage: readonly PlannedWrite[] = []) {
  return tagsNow(
    writing,
    stage.flatMap((write) => tagAtSource(write, writing.sourceTag) ?? []),
  );
}

/** What these tags name in the source now. */
export async function tagsNow(
  { source }: Pick<ManifestWriting, 'source'>,
  tags: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return tags.length === 0 ? new Map() : source.registry.digests(source.repository, tags);
}

/** A companion's new version comes with the next run; the image's own tag must be told. */
function isUnmoved(
  { source, sourceTag }: ManifestWriting,
  write: PlannedWrite,
  current: ReadonlyMap<string, string>,
): boolean {
  const tag = tagAtSource(write, sourceTag);
  if (tag === undefined || current.get(tag) === write.manifest.digest) return true;
  if (!isOwnTag(write)) return false;
  throw new TagMoved(`the tag ${tag} was moved in ${source.name} during the copy; copy it again`);
}

function tagAtSource(write: PlannedWrite, sourceTag: string | undefined): string | undefined {
  return isOwnTag(write) ? sourceTag : write.sourceTag;
}

function isOwnTag({ tag, sourceTag }: PlannedWrite): boolean {
  return tag !== undefined && sourceTag === undefined;
}

async function linkReferrers(graph: ImageGraph, { registry, repository }: CopyTarget) {
  if (registry.linkReferrers === undefined) return;
  const subjects = [...new Set(graph.referrers.map(({ subject }) => subject))];
  for (const subject of subjects) {
    const own = graph.referrers.filter((each) => each.subject === subject);
    await registry.linkReferrers(
      repository,
      subject,
      own.map(({ manifest }) => manifest),
    );
  }
}
