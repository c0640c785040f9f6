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
  /** Digests of the manifests of this graph that each one lists, or refers to as its subject. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Manifests that say of themselves what they are about. */
  readonly referrers: readonly { readonly subject: string; readonly manifest: Manifest }[];
}

/** What comes to a graph when more of it is known. */
export function withoutPart(whole: ImageGraph, part: ImageGraph): ImageGraph {
  const manifests = new Set(part.manifests.map(({ digest }) => digest));
  const blobs = new Set(part.blobs.map(({ digest }) => digest));
  return {
    ...whole,
    manifests: whole.manifests.filter(({ digest }) => !manifests.has(digest)),
    blobs: whole.blobs.filter(({ digest }) => !blobs.has(digest)),
  };
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

/** Walks an image from its digest: indexes, children, referrers and companions, recursively. */
export async function walkImage(
  registry: ImageRegistry,
  repository: string,
  digest: string,
  options: WalkOptions = {},
): Promise<ImageGraph | Refusal> {
  const walk = new ImageWalk(registry, repository, digest, options);
  const tree = await walk.tree();
  return 'refused' in tree ? tree : walk.whole();
}

/**
 * The two halves of a walk: the image itself, then what is attached to it. A copy begins with the
 * first while the second still goes on.
 */
export class ImageWalk {
  readonly #registry: ImageRegistry;
  readonly #repository: string;
  readonly #digest: string;
  readonly #options: WalkOptions;
  readonly #nodes = new Map<string, Node>();
  #ordered: readonly string[] = [];

  constructor(
    registry: ImageRegistry,
    repository: string,
    digest: string,
    options: WalkOptions = {},
  ) {
    this.#registry = registry;
    this.#repository = repository;
    this.#digest = digest;
    this.#options = options;
  }

  /** The image without what is attached to it. */
  async tree(): Promise<ImageGraph | Refusal> {
    const refused = await this.#descend([this.#digest]);
    if (refused !== undefined) return refused;
    const ordered = childrenFirst(this.#nodes, [this.#digest]);
    if ('refused' in ordered) return ordered;
    this.#ordered = ordered;
    return this.#graph(ordered, new Map(), new Set());
  }

  /** The image with all; ask for the tree first. */
  async whole(): Promise<ImageGraph | Refusal> {
    const companions = new Map<string, string>();
    const attachments = new Set<string>();
    const referrers: string[] = [];
    let frontier = this.#options.isBare === true ? [] : this.#ordered;
    for (let depth = 0; frontier.length > 0; depth += 1) {
      if (depth === graphLimits.depth) return tooDeep(this.#digest);
      const found = await inParallel(frontier, PARALLEL, (of) =>
        attachmentsOf(this.#registry, this.#repository, of),
      );
      for (const { tag, digest: of } of found.flat())
        if (tag !== undefined) companions.set(tag, of);
      for (const attachment of found.flat()) attachments.add(attachment.digest);
      const fresh = [...attachments].filter((of) => !this.#nodes.has(of));
      const failed = await this.#descend(fresh);
      if (failed !== undefined) return failed;
      const next = childrenFirst(this.#nodes, fresh);
      if ('refused' in next) return next;
      frontier = next.filter((of) => !this.#ordered.includes(of) && !referrers.includes(of));
      referrers.push(...frontier);
    }
    return this.#graph([...this.#ordered, ...referrers], companions, attachments);
  }

  /** Fetches manifests level by level until no child is unknown. */
  async #descend(roots: readonly string[]): Promise<Refusal | undefined> {
    const { known } = this.#options;
    let level = roots;
    for (let depth = 0; level.length > 0; depth += 1) {
      const first = level[0] ?? '';
      if (depth === graphLimits.depth) return tooDeep(first);
      if (this.#nodes.size + level.length > graphLimits.manifests) {
        return { refused: `The image has more than ${graphLimits.manifests} manifests.` };
      }
      const manifests = await inParallel(level, PARALLEL, async (digest) => ({
        digest,
        manifest:
          known?.digest === digest
            ? known
            : await this.#registry.manifest(this.#repository, digest),
      }));
      const next = new Set<string>();
      for (const { digest, manifest } of manifests) {
        const node = nodeOf(digest, manifest);
        if ('refused' in node) return node;
        this.#nodes.set(digest, node);
        for (const child of node.content.children) next.add(child.digest);
      }
      level = [...next].filter((digest) => !this.#nodes.has(digest));
    }
    return undefined;
  }

  #graph(
    digests: readonly string[],
    companions: ReadonlyMap<string, string>,
    attachments: ReadonlySet<string>,
  ): ImageGraph | Refusal {
    const root = this.#nodes.get(this.#digest)?.manifest;
    if (root === undefined) return { refused: `The image ${this.#digest} is missing.` };
    const kept = digests.flatMap((digest) => this.#nodes.get(digest) ?? []);
    const blobs = new Map(
      kept.flatMap(({ content }) => content.blobs).map((blob) => [blob.digest, blob]),
    );
    return {
      root,
      manifests: kept.map(({ manifest }) => manifest),
      companions: [...companions].map(([tag, digest]) => ({ tag, digest })),
      attachments: [...attachments],
      blobs: [...blobs.values()],
      blobsOf: new Map(
        kept.map(({ manifest, content }) => [
          manifest.digest,
          content.blobs.map((blob) => blob.digest),
        ]),
      ),
      needs: new Map(
        kept.map(({ manifest, content: { children, subject } }) => [
          manifest.digest,
          [...children.map((child) => child.digest), ...(subject === undefined ? [] : [subject])],
        ]),
      ),
      referrers: kept.flatMap(({ manifest, content: { subject } }) =>
        subject === undefined ? [] : [{ subject, manifest }],
      ),
    };
  }
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
function childrenFirst(
  nodes: ReadonlyMap<string, Node>,
  roots: readonly string[],
): string[] | Refusal {
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (digest: string): Refusal | undefined => {
    if (done.has(digest)) return undefined;
    if (open.has(digest)) return { refused: `The manifest ${digest} contains itself.` };
    open.add(digest);
    for (const child of nodes.get(digest)?.content.children ?? []) {
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

function tooDeep(digest: string): Refusal {
  return { refused: `The image is nested deeper than ${graphLimits.depth} levels at ${digest}.` };
}
