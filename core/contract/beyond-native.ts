import type { Application } from './fleet.ts';
import type { TagPolicy } from './fleet-image.ts';

/** A field of the fleet file that ECR's own replication cannot do, and what ECR does instead. */
export interface BeyondNative {
  readonly field: keyof Application['replication'];
  /** A clause with ECR as its subject. */
  readonly instead: string;
}

/**
 * What the policy asks for that rules of ECR have no words for: they know the beginning of a
 * repository's name and where to, and nothing else. `onImmutableConflict` may be `fail` or
 * `push-untagged`: ECR leaves the image without the tag, and Farshore tells of it.
 */
export function beyondNative({ replication }: Application): readonly BeyondNative[] {
  const asked: readonly (BeyondNative & { readonly isAsked: boolean })[] = [
    {
      field: 'exclude',
      isAsked: replication.exclude.length > 0,
      instead: 'ECR replicates every tag',
    },
    {
      field: 'referrers',
      isAsked: replication.referrers !== 'copy',
      instead: 'ECR replicates signatures and other artifacts like every image, each by itself',
    },
    {
      field: 'repositoryIn',
      isAsked: Object.keys(replication.repositoryIn).length > 0,
      instead: 'ECR replicates under the same name',
    },
    {
      field: 'createRepositories',
      isAsked: !replication.createRepositories,
      instead: 'ECR makes a repository that a region lacks',
    },
    {
      field: 'kmsKeys',
      isAsked: Object.keys(replication.kmsKeys).length > 0,
      instead: 'ECR makes repositories with the key of its own templates',
    },
    {
      field: 'overwrite',
      isAsked: !replication.overwrite,
      instead: 'ECR moves a tag that moved at home',
    },
    {
      field: 'onImmutableConflict',
      isAsked: replication.onImmutableConflict === 'suffix',
      instead: 'ECR leaves an image without a tag that is taken',
    },
  ];
  return asked.filter(({ isAsked }) => isAsked).map(({ field, instead }) => ({ field, instead }));
}

/** Whether every tag of the repository travels: those that are rolled out and further ones. */
export function takesEveryTag({ image, replication }: Application): boolean {
  return [image.tags, ...replication.include].some(isEveryTag);
}

function isEveryTag(policy: TagPolicy): boolean {
  if ('semver' in policy) return false;
  if ('glob' in policy) return /^\*+$/.test(policy.glob);
  return /^\^?\(*\.[*+]\)*\$?$/.test(policy.regex);
}
