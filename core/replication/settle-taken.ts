import { TagTaken } from '../errors.ts';
import type { CopyRequest, CopyResult } from './copy-image.ts';
import type { Replication } from './decide-replication.ts';
import type { Refusal } from './parse-manifest.ts';

/** A tag has at most 128 characters, as the OCI distribution specification says. */
const TAG_CHARS_MAX = 128;

/** Enough of a digest to tell images of one tag apart. */
const SUFFIX_CHARS = 12;

/** The tag under which an image is found where its own is taken. */
export function suffixedTag(tag: string, digest: string): string {
  const suffix = digest.slice('sha256:'.length, 'sha256:'.length + SUFFIX_CHARS);
  return `${tag.slice(0, TAG_CHARS_MAX - suffix.length - 1)}-${suffix}`;
}

export interface SettledCopy {
  readonly copied: CopyResult;
  /** Regions in which the tag names another image, and that hold this one all the same. */
  readonly taken: readonly string[];
}

/** Does what the policy says where a tag is taken: the layers are there, it takes only a name. */
export async function settleTaken(
  { handling, tag, digest }: Replication,
  copied: CopyResult,
  targets: CopyRequest['targets'],
  copyAs: (change: Pick<CopyRequest, 'targets'>) => Promise<CopyResult | Refusal>,
): Promise<SettledCopy> {
  const { onImmutableConflict } = handling;
  const regions = copied.failed
    .filter(({ error }) => error instanceof TagTaken)
    .map(({ region }) => region);
  if (tag === undefined || onImmutableConflict === 'fail' || regions.length === 0) {
    return { copied, taken: [] };
  }
  const others = copied.failed.filter(({ region }) => !regions.includes(region));
  const named = onImmutableConflict === 'suffix' ? { tag: suffixedTag(tag, digest) } : {};
  const asTold = targets
    .filter(({ name }) => regions.includes(name))
    .map(({ name, registry, repository }) => ({ name, registry, repository, ...named }));
  const again = await copyAs({ targets: asTold });
  if ('refused' in again) return { copied, taken: [] };
  return {
    copied: {
      ...copied,
      done: [...copied.done, ...again.done],
      failed: [...others, ...again.failed],
      stopped: [...copied.stopped, ...again.stopped],
    },
    taken: again.done,
  };
}
