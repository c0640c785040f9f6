import type { Application } from '../contract/fleet.ts';
import type { TaggedImage } from '../ports.ts';
import type { HeldImage } from '../repositories.ts';
import { newestTags, tagOrder } from '../tag-policy.ts';
import { subjectOfTag } from './attachments.ts';

/** Whether an application's images travel under this tag. */
export function isSelected(application: Application, tag: string): boolean {
  return subjectOfTag(tag) === undefined && tagOrder(application.image.tags).matches(tag);
}

/** The tags that travel, those that may be rolled out first, newest first. */
export function selectTags(
  application: Application,
  held: readonly HeldImage[],
): readonly TaggedImage[] {
  const tagged = held.flatMap(({ tags, digest, pushedAtMs }) =>
    tags.map((tag) => ({ tag, digest, pushedAtMs })),
  );
  return newestTags(application.image.tags, tagged).filter(({ tag }) =>
    isSelected(application, tag),
  );
}
