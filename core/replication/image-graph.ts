import type { Descriptor, ImageRegistry, Manifest } from '../ports.ts';
import { attachmentsOf } from './attachments.ts';
import { inParallel } from './in-parallel.ts';
import { type ManifestContent, parseManifest, type Refusal } from './parse-manifest.ts';

/** An image with everything that belongs to it. */
export interface ImageGraph {
  readonly root: Manifest;
  /** Children before those who list them, the root, then referrers after what they refer to. */
  readonly manifests: readonly Manifest[];
  /** Tags that tie a signature, an attestation or an SBOM to its image (cosign's older way). */
  readonly companions: readonly { readonly tag: string; readonly digest: string }[];
  /** Manifests that are attached to others, by digest: what `attachmentsOf` finds later. */
  readonly attachments: readonly string[];
  /** Every layer and configuration once. */
  readonly blobs: readonly Descriptor[];
  /** Digests of the blobs that each manifest names itself. */
  readonly blobsOf: ReadonlyMap<string, readonly string[]>;
}

export interface WalkOptions {
  /** The root, when the caller has read it already. */
  readonly known?: Manifest;
  /** Without what is attached to the image: signatures, SBOMs, attestations. */
  readonly isBare?: boolean;
}

/**
 * Limits of a walk. Registries refuse manifests above 4 MiB; an index deeper than eight or an
 * image of more than a thousand manifests is a mistake or an attack rather than an image.
 */
export const graphLimits = { depth: 8, manifests: 1_000, manifestCharacters: 4 * 1024 * 1024 };

/** Requests in flight to one registry while walking. */
const PARALLEL = 8;

interface Node {
  readonly manifest: Manifest;
  readonly content: ManifestContent;
}

interface Walk {
  readonly registry: ImageRegistry;
  readonly repository: string;
  readonly nodes: Map<string, Node>;
  readonly known: Manifest | undefined;
}

/** Walks an image from its digest: indexes, children, referrers and companions, recursively. */
export async function walkImage(
  registry: ImageRegistry,
  repository: string,
  digest: string,
  { known, isBare = false }: WalkOptions = {},
): Promise<ImageGraph | Refusal> {
  const walk: Walk = { registry, repository, nodes: new Map(), known };
  const refused = await descend(walk, [digest]);
  if (refused !== undefined) return refused;
  const ordered = childrenFirst(walk, [digest]);
  if ('refused' in ordered) return ordered;

  const companions = new Map<string, string>();
  const attachments = new Set<string>();
  const referrers: string[] = [];
  let frontier = isBare ? [] : ordered;
  for (let depth = 0; frontier.length > 0; depth += 1) {
    if (depth === graphLimits.depth) return tooDeep(digest);
    const found = await inParallel(frontier, PARALLEL, (of) =>
      attachmentsOf(registry, repository, of),
    );
    for (const { tag, digest: of } of found.flat()) if (tag !== undefined) companions.set(tag, of);
    for (const attachment of found.flat()) attachments.add(attachment.digest);
    const fresh = [...attachments].filter((of) => !walk.nodes.has(of));
    const failed = await descend(walk, fresh);
    if (failed !== undefined) return failed;
    const next = childrenFirst(walk, fresh);
    if ('refused' in next) return next;
    frontier = next.filter((of) => !ordered.includes(of) && !referrers.includes(of));
    referrers.push(...frontier);
  }
  return graphOf(walk, [...ordered, ...referrers], { digest, companions, attachments });
}

/** Fetches manifests level by level until no child is unknown. */
async function descend(walk: Walk, roots: readonly string[]): Promise<Refusal | undefined> {
  const { registry, repository, nodes, known } = walk;
  let level = roots;
  for (let depth = 0; level.length > 0; depth += 1) {
    const first = level[0] ?? '';
    if (depth === graphLimits.depth) return tooDeep(first);
    if (nodes.size + level.length > graphLimits.manifests) {
      return { refused: `The image has more than ${graphLimits.manifests} manifests.` };
    }
    const manifests = await inParallel(level, PARALLEL, async (digest) => ({
      digest,
      manifest: known?.digest === digest ? known : await registry.manifest(repository, digest),
    }));
    const next = new Set<string>();
    for (const { digest, manifest } of manifests) {
      const node = nodeOf(digest, manifest);
      if ('refused' in node) return node;
      nodes.set(digest, node);
      for (const child of node.content.children) next.add(child.digest);
    }
    level = [...next].filter((digest) => !nodes.has(digest));
  }
  return undefined;
}

function nodeOf(digest: string, manifest: Manifest | undefined): Node | Refusal {
  if (manifest === undefined) {
    return { refused: `The manifest ${digest} is missing at the source.` };
  }
  if (manifest.body.length > graphLimits.manifestCharacters) {
    return { refused: `The manifest ${digest} is larger than 4 MiB.` };
  }
  const content = parseManifest(manifest);
  return 'refused' in content ? content : { manifest, content };
}

/** Digests below and including the roots, each after its children. */
function childrenFirst(walk: Walk, roots: readonly string[]): string[] | Refusal {
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (digest: string): Refusal | undefined => {
    if (done.has(digest)) return undefined;
    if (open.has(digest)) return { refused: `The manifest ${digest} contains itself.` };
    open.add(digest);
    for (const child of walk.nodes.get(digest)?.content.children ?? []) {
      const refused = visit(child.digest);
      if (refused !== undefined) return refused;
    }
    open.delete(digest);
    done.add(digest);
    return undefined;
  };
  for (const root of roots) {
    const refused = visit(root);
    if (refused !== undefined) return refused;
  }
  return [...done];
}

function graphOf(
  { nodes }: Walk,
  digests: readonly string[],
  found: {
    readonly digest: string;
    readonly companions: ReadonlyMap<string, string>;
    readonly attachments: ReadonlySet<string>;
  },
): ImageGraph | Refusal {
  const kept = digests.flatMap((digest) => nodes.get(digest) ?? []);
  const root = nodes.get(found.digest)?.manifest;
  if (root === undefined) return { refused: `The image ${found.digest} is missing.` };
  const blobs = new Map(
    kept.flatMap(({ content }) => content.blobs).map((blob) => [blob.digest, blob]),
  );
  return {
    root,
    manifests: kept.map(({ manifest }) => manifest),
    companions: [...found.companions].map(([tag, digest]) => ({ tag, digest })),
    attachments: [...found.attachments],
    blobs: [...blobs.values()],
    blobsOf: new Map(
      kept.map(({ manifest, content }) => [
        manifest.digest,
        content.blobs.map((blob) => blob.digest),
      ]),
    ),
  };
}

function tooDeep(digest: string): Refusal {
  return { refused: `The image is nested deeper than ${graphLimits.depth} levels at ${digest}.` };
}
