/** The journal's document at `journalKeys.deletion(app)`. */
export interface DeletionDocument {
  /** The home region it was written for; another one starts anew. */
  readonly home: string;
  /** When the home region was last looked at and this was found right. */
  readonly lookedAtMs: number;
  /** Longest gone first. */
  readonly tombstones: readonly Tombstone[];
  /** Children and attachments of deleted images that still stood somewhere at the last look. */
  readonly parts: readonly string[];
  /** Present while a run deletes, so that one that dies is finished and not doubled. */
  readonly run?: DeletionRun;
  /** When the newest run began. */
  readonly ranAtMs?: number;
  /** The operator request carried out last, so that a second delivery changes nothing. */
  readonly requestId?: string;
}

/** An image, or one tag of it, that home had, that Farshore carried, and that is gone at home. */
export interface Tombstone {
  readonly digest: string;
  /** Present when only this tag is gone: the image itself is still at home. */
  readonly tag?: string;
  /** Tags that Farshore carried it under: what people know it by. */
  readonly tags: readonly string[];
  /** When it was first seen to be gone. */
  readonly sinceMs: number;
  /** Why a registry refused to remove it, and when. */
  readonly refused?: { readonly atMs: number; readonly cause: string };
}

export interface DeletionRun {
  readonly startedAtMs: number;
  /** Keys of the tombstones that it carries out. */
  readonly keys: readonly string[];
  /** Children and attachments of those images, which go after them. */
  readonly parts: readonly string[];
  /** The operator who asked for it; absent when it came by itself. */
  readonly actor?: string;
}

/** Tells tombstones apart. */
export function keyOfTombstone({ digest, tag }: Pick<Tombstone, 'digest' | 'tag'>): string {
  return tag === undefined ? digest : `${tag}@${digest}`;
}

/** How people know it: by its tags, or by the beginning of its digest. */
export function nameOfTombstone({ digest, tag, tags }: Tombstone): string {
  const short = digest.slice(0, 19);
  if (tag !== undefined) return `the tag ${tag}`;
  return tags.length === 0 ? short : `${tags.join(', ')} (${short})`;
}
