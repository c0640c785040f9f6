import * as z from 'zod';
import { duration } from './duration.ts';

const tagPolicy = z
  .union([
    z.strictObject({
      semver: z.string().min(1).describe('A range: `>=1.2.0 <2.0.0`, `^1.4`, `1.x`.'),
      prerelease: z.boolean().default(false).describe('Whether 1.0.0-rc.1 counts.'),
    }),
    z.strictObject({
      glob: z.string().min(1).describe('`release-*`: the newest push that matches wins.'),
    }),
    z.strictObject({
      regex: z.string().min(1).describe('The whole tag must match.'),
      order: z
        .enum(['newest', 'numerical', 'alphabetical'])
        .default('newest')
        .describe('What makes one tag newer: push time, or the first capture group.'),
    }),
  ])
  .describe('Which tags are replicated and rolled out, and which of two is newer.');

/** As ECR takes it; the longest name has 256 characters. */
const repositoryName = z
  .string()
  .min(2)
  .max(256)
  .regex(
    /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    'write lower-case letters and digits, with single . _ - or / between them, such as shop/api',
  );

export const imageSchema = z
  .strictObject({
    repository: repositoryName.describe(
      'Name of the ECR repository, the same in every region unless `repositoryIn` says otherwise.',
    ),
    tags: tagPolicy,
  })
  .describe('The image an application runs.');

const deletion = z
  .strictObject({
    automatic: z
      .boolean()
      .default(false)
      .describe('Delete by itself. If not, what is due waits for `farshore images prune`.'),
    grace: duration
      .prefault('7d')
      .describe(
        'How long an image must be gone at home before it is deleted elsewhere; 1h or more.',
      ),
    maxPerRun: z
      .int()
      .min(1)
      .max(100)
      .default(20)
      .describe(
        'How many images one run deletes at most, the longest gone first; one run an hour.',
      ),
  })
  .describe(
    'Images that are deleted at home are deleted in the other regions too, unless something ' +
      'there runs or needs them. Off when left out.',
  );

export const replicationSchema = z
  .strictObject({
    engine: z
      .enum(['copy', 'native', 'auto'])
      .default('copy')
      .describe(
        'copy: Farshore copies the tags of the policy. native: ECR replicates every tag of the ' +
          'repository and of those whose name begins with it; Farshore writes the rules, watches ' +
          'and rescues; exclude, referrers other than copy, repositoryIn, kmsKeys, overwrite: ' +
          'false, createRepositories: false and onImmutableConflict: suffix are errors then. ' +
          'auto: native where rules of ECR can say what the policy says, else copy.',
      ),
    rescueAfter: duration
      .prefault('10m')
      .describe('After this Farshore copies what ECR has not replicated; for engine native.'),
    deadline: duration.prefault('30m').describe('After this a missing copy is reported.'),
    include: z.array(tagPolicy).default([]).describe('Further tags that travel, never rolled out.'),
    exclude: z
      .array(tagPolicy)
      .default([])
      .describe('Tags that neither travel nor are rolled out, whatever else names them.'),
    referrers: z
      .enum(['copy', 'skip', 'required'])
      .default('copy')
      .describe(
        'Signatures, SBOMs and attestations. copy: they travel along. skip: they stay. ' +
          'required: an image waits at home until one is attached to it.',
      ),
    repositoryIn: z
      .record(z.string(), repositoryName)
      .default({})
      .describe(
        'By region, the name of the repository there if it is not that of the home: ' +
          '`{ us-west-2: mirror/shop/api }`. Tasks of that region run the image from there, so ' +
          'their execution role must be allowed to pull it.',
      ),
    createRepositories: z
      .boolean()
      .default(true)
      .describe(
        'Whether a repository that a region lacks is made, with the settings of the home; with ' +
          'engine native ECR makes it, by its own creation templates.',
      ),
    kmsKeys: z
      .record(z.string(), z.string().startsWith('arn:'))
      .default({})
      .describe('By region, the KMS key of a repository made there, if the home uses KMS.'),
    overwrite: z
      .boolean()
      .default(true)
      .describe(
        'Whether a tag that moved at home is moved elsewhere; if not, it counts as immutable.',
      ),
    onImmutableConflict: z
      .enum(['fail', 'push-untagged', 'suffix'])
      .default('fail')
      .describe(
        'When an immutable tag names another image in a region. push-untagged: the image is ' +
          'there by digest, which a rollout uses. suffix: also under the tag and its digest.',
      ),
    deletion: deletion.optional(),
  })
  .describe('How images reach the other regions.');

export type TagPolicy = z.output<typeof tagPolicy>;
