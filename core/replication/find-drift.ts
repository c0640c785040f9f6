import type { TaggedImage } from '../ports.ts';
import type { HeldImage } from '../repositories.ts';
import { subjectOfTag } from './attachments.ts';

/** A region's repository as it was listed. */
export interface RegionListing {
  readonly region: string;
  readonly held: readonly HeldImage[];
}

/** An image that is not everywhere as it is at home. */
export interface Drifted {
  readonly digest: string;
  /** Absent for a signature or artifact whose subject has no tag of its own. */
  readonly tag?: string;
  /** Where it is missing, is another one, or lacks something attached to it. */
  readonly regions: readonly string[];
}

/**
 * Compares listings, not images: one listing of each region finds a push whose event was lost, a
 * deleted image, a moved tag, a lost signature and a region that joined later.
 */
export function findDrift(
  selected: readonly TaggedImage[],
  home: readonly HeldImage[],
  targets: readonly RegionListing[],
): readonly Drifted[] {
  const indexes = targets.map(({ region, held }) => ({ region, ...indexOf(held) }));
  const lacking = new Map<string, Set<string>>();
  const note = (image: string, region: string): void => {
    lacking.set(image, (lacking.get(image) ?? new Set()).add(region));
  };
  for (const { tag, digest } of selected) {
    for (const { region, tags } of indexes) {
      if (tags.get(tag) !== digest) note(keyOf({ tag, digest }), region);
    }
  }
  const roots = new Map(selected.map((image) => [image.digest, image]));
  for (const { root, parent, digest, tag } of attachmentsIn(home)) {
    for (const { region, digests, tags } of indexes) {
      const isThere = tag === undefined ? digests.has(digest) : tags.get(tag) === digest;
      if (isThere || !digests.has(parent)) continue;
      const image = roots.get(root.digest);
      if (image !== undefined) note(keyOf(image), region);
      // A child of an index has no tag; what is attached to it travels by itself.
      else if (root.tags.length === 0 && tag === undefined) note(keyOf({ digest }), region);
    }
  }
  // Selected images come in their order, newest first; what travels by itself comes after them.
  const inOrder = new Set([...selected.map(keyOf), ...lacking.keys()]);
  return [...inOrder].flatMap((image) => {
    const regions = lacking.get(image);
    return regions === undefined ? [] : [{ ...imageOf(image), regions: [...regions] }];
  });
}

interface Attached {
  readonly digest: string;
  /** Of a companion, which is tied to its image by a tag. */
  readonly tag?: string;
  /** What it is attached to directly. */
  readonly parent: string;
  /** The image at the end of the chain of subjects. */
  readonly root: HeldImage;
}

/** Subjects of subjects: a signature of an SBOM is two steps away from its image. */
const CHAIN_MAX = 8;

function attachmentsIn(home: readonly HeldImage[]): readonly Attached[] {
  const byDigest = new Map(home.map((image) => [image.digest, image]));
  const rootOf = (start: string): HeldImage | undefined => {
    let image = byDigest.get(start);
    for (let step = 0; step < CHAIN_MAX && image !== undefined; step += 1) {
      const parent = parentOf(image);
      if (parent === undefined) return image;
      image = byDigest.get(parent);
    }
    return undefined;
  };
  return home.flatMap((image) => {
    const companions = image.tags.flatMap((tag) => {
      const parent = subjectOfTag(tag);
      return parent === undefined ? [] : [{ digest: image.digest, tag, parent }];
    });
    const { digest, subject } = image;
    const referrer = subject === undefined ? [] : [{ digest, parent: subject }];
    return [...companions, ...referrer].flatMap((attached) => {
      const root = rootOf(attached.parent);
      return root === undefined ? [] : [{ ...attached, root }];
    });
  });
}

function parentOf({ subject, tags }: HeldImage): string | undefined {
  return subject ?? tags.map(subjectOfTag).find((found) => found !== undefined);
}

function indexOf(held: readonly HeldImage[]) {
  return {
    digests: new Set(held.map(({ digest }) => digest)),
    tags: new Map(held.flatMap(({ tags, digest }) => tags.map((tag) => [tag, digest] as const))),
  };
}

function keyOf({ tag, digest }: { readonly tag?: string; readonly digest: string }): string {
  return JSON.stringify([digest, tag]);
}

function imageOf(key: string): { digest: string; tag?: string } {
  const [digest, tag] = JSON.parse(key) as [string, string | null];
  return tag === null ? { digest } : { digest, tag };
}
