import type { Reason } from '../decision.ts';
import { parseImageUri } from '../image-uri.ts';
import type { UsedImage } from '../image-use.ts';
import { subjectOfTag } from '../replication/attachments.ts';
import { suffixedTag } from '../replication/settle-taken.ts';
import type { HeldImage, RemovedImage } from '../repositories.ts';
import { nameOfTombstone, type Tombstone } from './deletion-document.ts';
import type { HomeIndex } from './find-gone.ts';

/** All that one region says about its images. */
export interface RegionSight {
  readonly region: string;
  /** What the repository is called there. */
  readonly repository: string;
  /** Absent when its registry gave no answer. */
  readonly held?: readonly HeldImage[];
  /** What services and tasks there run or would start; absent when ECS gave no answer. */
  readonly uses?: readonly UsedImage[];
  /** What a rollback or a failover would go back to there. */
  readonly needs: readonly UsedImage[];
  /** Images that another application pushed there itself, by digest, and which one. */
  readonly owned: ReadonlyMap<string, string>;
}

export interface Judged {
  readonly home: HomeIndex;
  /** Digests of all that an image is made of; absent when its manifest could not be read. */
  readonly children: readonly string[] | undefined;
}

export type Verdict =
  | { readonly verdict: 'absent' }
  | { readonly verdict: 'held'; readonly reason: Reason }
  | { readonly verdict: 'delete'; readonly remove: readonly RemovedImage[] };

/** Whether what is gone at home may be deleted in one region, and what keeps it there. */
export function judgeDeletion(tombstone: Tombstone, sight: RegionSight, of: Judged): Verdict {
  const { region, held } = sight;
  const { digest, tag } = tombstone;
  const name = nameOfTombstone(tombstone);
  if (of.home.shows(tombstone)) return hold('BACK_AT_HOME', `${name} is at home again.`);
  if (held === undefined) return hold('REGION_SILENT', `The registry in ${region} is silent.`);
  const there = held.find((image) => image.digest === digest);
  if (there === undefined || (tag !== undefined && !there.tags.includes(tag))) {
    return { verdict: 'absent' };
  }
  const against =
    tag === undefined ? againstImage(tombstone, there, sight, of) : lastTag(there, tag);
  const reason = against ?? againstUse(there, tag, sight, of);
  if (reason !== undefined) return { verdict: 'held', reason };
  const tags = tag === undefined ? there.tags : [tag];
  const remove = tags.length === 0 ? [{ digest }] : tags.map((each) => ({ digest, tag: each }));
  return { verdict: 'delete', remove };
}

/** A part goes when nothing at home, in ECS or in this registry still knows of it. */
export function judgePart(digest: string, sight: RegionSight, home: HomeIndex): Verdict {
  const tags = sight.held?.find((image) => image.digest === digest)?.tags ?? [];
  const companions = tags.filter((tag) => subjectOfTag(tag) !== undefined);
  const part = { digest, tags: companions, sinceMs: 0 };
  return judgeDeletion(part, sight, { home, children: [] });
}

function hold(code: string, text: string): Verdict {
  return { verdict: 'held', reason: { code, text } };
}

function lastTag(there: HeldImage, tag: string): Reason | undefined {
  if (there.tags.length > 1) return undefined;
  // The registry deletes an image with its last tag, and home still has the image.
  return { code: 'LAST_TAG', text: `${tag} is the last tag of an image that home still has.` };
}

function againstImage(
  tombstone: Tombstone,
  there: HeldImage,
  { region, held = [], owned }: RegionSight,
  { home, children }: Judged,
): Reason | undefined {
  const name = nameOfTombstone(tombstone);
  const { tags, digest } = tombstone;
  const ours = [...tags, ...tags.map((tag) => suffixedTag(tag, digest))];
  const other = there.tags.find((tag) => !ours.includes(tag) || home.tags.has(tag));
  if (other !== undefined) {
    return { code: 'TAGGED_OTHERWISE', text: `${name} is also ${other} in ${region}.` };
  }
  const subjects = [there.subject, ...there.tags.map(subjectOfTag)];
  const subject = held.find(({ digest }) => subjects.includes(digest));
  if (subject !== undefined) {
    const text = `${name} is attached to ${subject.digest.slice(0, 19)}, which is in ${region}.`;
    return { code: 'SUBJECT_THERE', text };
  }
  const owner = owned.get(there.digest);
  if (owner !== undefined) {
    return { code: 'PUSHED_THERE', text: `${owner} pushed ${name} to ${region} itself.` };
  }
  if (children !== undefined) return undefined;
  return { code: 'UNREADABLE', text: `The manifest of ${name} in ${region} cannot be read.` };
}

/** What runs is asked of ECS; what a rollback needs, of the journal. */
function againstUse(
  there: HeldImage,
  tag: string | undefined,
  { region, repository, uses, needs }: RegionSight,
  { children = [] }: Judged,
): Reason | undefined {
  if (uses === undefined) {
    return { code: 'REGION_SILENT', text: `What runs in ${region} is not known: ECS is silent.` };
  }
  const digests = tag === undefined ? [there.digest, ...children] : [];
  const tags = tag === undefined ? there.tags : [tag];
  const isMeant = ({ image, digest }: UsedImage): boolean => {
    const named = parseImageUri(image);
    if ([digest, named.digest].some((each) => each !== undefined && digests.includes(each))) {
      return true;
    }
    return named.repository === repository && tags.includes(named.tag ?? '');
  };
  const user = uses.find(isMeant);
  if (user !== undefined) {
    return { code: 'IN_USE', text: `${user.by} in ${region} runs it.` };
  }
  const need = needs.find(isMeant);
  if (need === undefined) return undefined;
  return { code: 'NEEDED_TO_GO_BACK', text: `${need.by} needs it in ${region}.` };
}
