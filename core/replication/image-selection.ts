import type { Application } from '../contract/fleet.ts';
import type { TaggedImage } from '../ports.ts';
import type { HeldImage } from '../repositories.ts';
import { isNamedBy, tagOrder } from '../tag-policy.ts';
import { subjectOfTag } from './attachments.ts';

/** Whether an application's images travel under this tag. */
export function isSelected({ image, replication }: Application, tag: string): boolean {
  const { include, exclude } = replication;
  return (
    subjectOfTag(tag) === undefined &&
    isNamedBy([image.tags, ...include], tag) &&
    !isNamedBy(exclude, tag)
  );
}

/** The tags that travel: those that may be rolled out first, each kind newest first. */
export function selectTags(
  application: Application,
  held: readonly HeldImage[],
): readonly TaggedImage[] {
  const order = tagOrder(application.image.tags);
  const selected = held
    .flatMap(({ tags, digest, pushedAtMs }) => tags.map((tag) => ({ tag, digest, pushedAtMs })))
    .filter(({ tag }) => isSelected(application, tag));
  const rolled = selected.filter(({ tag }) => order.matches(tag));
  const others = selected.filter(({ tag }) => !order.matches(tag));
  return [
    ...rolled.sort((a, b) => order.compare(b, a)),
    ...others.sort((a, b) => b.pushedAtMs - a.pushedAtMs || (a.tag < b.tag ? -1 : 1)),
  ];
}
