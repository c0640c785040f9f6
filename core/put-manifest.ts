/**
 * What became of a manifest. `tag-conflict`: the tag is immutable and names another digest.
 * `incomplete`: something that the manifest names is not there any more, as when layers that
 * nobody used yet were collected.
 */
export type PutManifest = 'written' | 'present' | 'tag-conflict' | 'incomplete';
