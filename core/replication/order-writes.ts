import type { Manifest } from '../ports.ts';
import type { ImageGraph } from './image-graph.ts';

/** A manifest that is written, by tag or else by digest. */
export interface PlannedWrite {
  readonly manifest: Manifest;
  readonly tag?: string;
  /** A companion has the same tag at the source; the image may have another one there. */
  readonly sourceTag?: string;
}

/** A tag that a target lacks, or that names something else there. */
interface PlannedTag extends PlannedWrite {
  readonly tag: string;
}

/** What one target lacks. */
interface Lacking {
  readonly manifests: readonly Manifest[];
  readonly companions: readonly PlannedTag[];
  /** The image's own tag. */
  readonly own: PlannedTag | undefined;
}

/**
 * What is written to one target, stage by stage; the writes of a stage do not depend on each
 * other. Children come before who lists them, subjects before who refers to them, companions
 * before the image's own tag, which is the last write of all: a visible tag is a whole image. A
 * manifest is written with its tag at once where the order allows, since ECR takes only ten
 * writes a second.
 */
export function orderWrites(
  graph: ImageGraph,
  { manifests, companions, own }: Lacking,
): readonly (readonly PlannedWrite[])[] {
  const stages: PlannedWrite[][] = [];
  const add = (level: number, write: PlannedWrite) => {
    (stages[level] ??= []).push(write);
  };
  const levels = new Map<string, number>();
  const tags = [...companions];
  const others = [...manifests, ...companions.map((each) => each.manifest)];
  const isLast = own !== undefined && !isNeeded(graph, own.manifest, others);
  for (const manifest of manifests) {
    const below = (graph.needs.get(manifest.digest) ?? []).map((each) => levels.get(each) ?? -1);
    const level = 1 + Math.max(-1, ...below);
    if (isLast && manifest.digest === own.manifest.digest) continue;
    levels.set(manifest.digest, level);
    const at = tags.findIndex((tag) => tag.manifest.digest === manifest.digest);
    add(level, tags.splice(at, at < 0 ? 0 : 1)[0] ?? { manifest });
  }
  // What these name may be there while something below it is only written now.
  if (tags.length > 0) stages.push(tags);
  if (own !== undefined) stages.push([own]);
  return stages;
}

/** Whether another manifest that is written needs this one to be there. */
function isNeeded(graph: ImageGraph, root: Manifest, manifests: readonly Manifest[]): boolean {
  return manifests.some(({ digest }) => graph.needs.get(digest)?.includes(root.digest) === true);
}
