/** An image by digest, and by the tag that it travels under. */
interface NamedImage {
  readonly digest: string;
  readonly tag?: string;
}

/** The subject of a decision about one image; the opposite of `imageOfSubject`. */
export function subjectOfImage({ tag, digest }: NamedImage): string {
  return tag === undefined ? digest : `${tag}@${digest}`;
}

/** The image that a recheck leads back to; undefined for a look at all of them. */
export function imageOfSubject(subject: string): NamedImage | undefined {
  const match = /^(?:([^@]+)@)?(sha256:[0-9a-f]{64})$/.exec(subject);
  if (match === null) return undefined;
  const [, tag, digest = ''] = match;
  return tag === undefined ? { digest } : { tag, digest };
}
