import type { HeldImage } from '../repositories.ts';
import type { RegionListing } from '../replication/find-drift.ts';
import { keyOfTombstone, type Tombstone } from './deletion-document.ts';

/** What the journal knows of an image that Farshore brought to other regions. */
export interface CarriedImage {
  readonly digest: string;
  /** Every tag that it was carried under. */
  readonly tags: readonly string[];
  /** Regions that it was brought to, or found whole in. */
  readonly regions: readonly string[];
  /** Digests of what travelled with it. */
  readonly attachments: readonly string[];
}

export type Gone = Pick<Tombstone, 'digest' | 'tag' | 'tags'>;

/** What a home region shows, by digest and by tag. */
export class HomeIndex {
  readonly digests: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;

  constructor(held: readonly HeldImage[]) {
    this.digests = new Set(held.map(({ digest }) => digest));
    this.tags = new Set(held.flatMap(({ tags }) => tags));
  }

  /** Whether this is still, or again, as it was: there is nothing to delete. */
  shows({ digest, tag }: Gone): boolean {
    return tag === undefined ? this.digests.has(digest) : this.tags.has(tag);
  }
}

/** Digests in other regions that are not as at home: only these can be gone there. */
export function digestsToAsk(home: HomeIndex, targets: readonly RegionListing[]) {
  const suspects = targets.flatMap(({ held }) =>
    held.filter(
      ({ digest, tags }) => !home.digests.has(digest) || tags.some((tag) => !home.tags.has(tag)),
    ),
  );
  return [...new Set(suspects.map(({ digest }) => digest))];
}

/** What stands in another region because Farshore carried it there, and is gone at home. */
export function findGone(
  home: HomeIndex,
  targets: readonly RegionListing[],
  of: { readonly carried: readonly CarriedImage[]; readonly parts: readonly string[] },
): readonly Gone[] {
  const known = new Map(of.carried.map((image) => [image.digest, image]));
  const parts = new Set(of.parts);
  const found = new Map<string, Gone>();
  for (const { region, held } of targets) {
    for (const { digest, tags } of held) {
      const image = known.get(digest);
      const isOurs = image?.regions.includes(region) === true;
      if (!isOurs && !parts.has(digest)) continue;
      const ours = isOurs ? image.tags : [];
      const gone = home.digests.has(digest)
        ? tags
            .filter((tag) => ours.includes(tag) && !home.tags.has(tag))
            .map((tag) => ({ digest, tag, tags: [tag] }))
        : [{ digest, tags: ours }];
      for (const each of gone) found.set(keyOfTombstone(each), each);
    }
  }
  return [...found.values()];
}
