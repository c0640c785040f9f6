/** An image by digest, the tag that it travels under, and its target if it is one alone. */
export interface NamedImage {
  readonly digest: string;
  readonly tag?: string;
  readonly target?: string;
}

/** The subject of a decision about one image; the opposite of `imageOfSubject`. */
export function subjectOfImage({ tag, digest, target }: NamedImage): string {
  const image = tag === undefined ? digest : `${tag}@${digest}`;
  return target === undefined ? image : `${image}>${target}`;
}

/** The image that a recheck leads back to; undefined for a look at all of them. */
export function imageOfSubject(subject: string): NamedImage | undefined {
  const match = /^(?:([^@]+)@)?(sha256:[0-9a-f]{64})(?:>([a-z0-9-]+))?$/.exec(subject);
  if (match === null) return undefined;
  const [, tag, digest = '', target] = match;
  return {
    digest,
    ...(tag === undefined ? {} : { tag }),
    ...(target === undefined ? {} : { target }),
  };
}
