import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  type EncryptionType,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  type ImageFailure,
  type ImageTagMutability,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import type {
  HeldImage,
  RefusedRemoval,
  RemovedImage,
  Repositories,
  RepositorySettings,
} from '../core/repositories.ts';
import { allPages } from './all-pages.ts';
import { isNamed } from './errors.ts';

/** The largest page that ECR gives. */
const IMAGES_PER_PAGE = 1_000;

/** What BatchDeleteImage takes at once. */
const IMAGES_PER_REMOVAL = 100;

/** The repositories of an account's registries, one registry for each region. */
export class EcrRepositories implements Repositories {
  readonly #client: (region: string) => ECRClient;

  constructor(client: (region: string) => ECRClient) {
    this.#client = client;
  }

  async list(region: string, repositoryName: string): Promise<readonly HeldImage[] | undefined> {
    try {
      const found = await allPages(async (nextToken) => {
        const { imageDetails = [], nextToken: next } = await this.#client(region).send(
          new DescribeImagesCommand({
            repositoryName,
            maxResults: IMAGES_PER_PAGE,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        );
        return { items: imageDetails, next };
      });
      return found.map(({ imageDigest = '', imageTags, imagePushedAt, subjectManifestDigest }) => ({
        digest: imageDigest,
        tags: imageTags ?? [],
        pushedAtMs: imagePushedAt?.getTime() ?? 0,
        ...(subjectManifestDigest === undefined ? {} : { subject: subjectManifestDigest }),
      }));
    } catch (error) {
      if (isNamed(error, 'RepositoryNotFoundException')) return undefined;
      throw error;
    }
  }

  async settings(region: string, name: string): Promise<RepositorySettings | undefined> {
    const client = this.#client(region);
    const found = await orAbsent('RepositoryNotFoundException', () =>
      client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] })),
    );
    const repository = found?.repositories?.[0];
    if (repository === undefined) return undefined;
    const { imageTagMutability, imageTagMutabilityExclusionFilters = [] } = repository;
    const { encryptionType = 'AES256' } = repository.encryptionConfiguration ?? {};
    const { lifecyclePolicy, accessPolicy } = await policiesOf(client, name);
    return {
      mutability: imageTagMutability ?? 'MUTABLE',
      exclusions: imageTagMutabilityExclusionFilters.map(({ filter = '' }) => filter),
      scansOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
      encryption: encryptionType,
      ...(lifecyclePolicy === undefined ? {} : { lifecyclePolicy }),
      ...(accessPolicy === undefined ? {} : { accessPolicy }),
    };
  }

  async create(region: string, repositoryName: string, wanted: RepositorySettings): Promise<void> {
    const client = this.#client(region);
    const { kmsKey, exclusions } = wanted;
    await orAbsent('RepositoryAlreadyExistsException', () =>
      client.send(
        new CreateRepositoryCommand({
          repositoryName,
          imageTagMutability: wanted.mutability as ImageTagMutability,
          ...(exclusions.length === 0
            ? {}
            : {
                imageTagMutabilityExclusionFilters: exclusions.map((filter) => ({
                  filterType: 'WILDCARD',
                  filter,
                })),
              }),
          imageScanningConfiguration: { scanOnPush: wanted.scansOnPush },
          encryptionConfiguration: {
            encryptionType: wanted.encryption as EncryptionType,
            ...(kmsKey === undefined ? {} : { kmsKey }),
          },
        }),
      ),
    );
    const there = await policiesOf(client, repositoryName);
    const { lifecyclePolicy: lifecyclePolicyText, accessPolicy: policyText } = wanted;
    if (lifecyclePolicyText !== undefined && there.lifecyclePolicy === undefined) {
      await client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    }
    if (policyText !== undefined && there.accessPolicy === undefined) {
      await client.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
    }
  }

  async remove(
    region: string,
    repositoryName: string,
    images: readonly RemovedImage[],
  ): Promise<readonly RefusedRemoval[]> {
    const refused: RefusedRemoval[] = [];
    for (let start = 0; start < images.length; start += IMAGES_PER_REMOVAL) {
      // A tag is given with its digest, so that one that was moved meanwhile is left alone.
      const imageIds = images.slice(start, start + IMAGES_PER_REMOVAL).map(({ digest, tag }) => ({
        imageDigest: digest,
        ...(tag === undefined ? {} : { imageTag: tag }),
      }));
      const answer = await orAbsent('RepositoryNotFoundException', () =>
        this.#client(region).send(new BatchDeleteImageCommand({ repositoryName, imageIds })),
      );
      refused.push(...refusalsOf(answer?.failures ?? []));
    }
    return refused;
  }
}

/** What is gone already is what was asked for. */
function refusalsOf(failures: readonly ImageFailure[]): readonly RefusedRemoval[] {
  return failures
    .filter(({ failureCode }) => failureCode !== 'ImageNotFound')
    .map(({ imageId: { imageDigest = '', imageTag } = {}, failureCode, failureReason }) => ({
      digest: imageDigest,
      ...(imageTag === undefined ? {} : { tag: imageTag }),
      cause: `${failureCode ?? 'failure'}, ${failureReason ?? 'no reason given'}`,
    }));
}

async function policiesOf(client: ECRClient, repositoryName: string) {
  const [lifecycle, access] = await Promise.all([
    orAbsent('LifecyclePolicyNotFoundException', () =>
      client.send(new GetLifecyclePolicyCommand({ repositoryName })),
    ),
    orAbsent('RepositoryPolicyNotFoundException', () =>
      client.send(new GetRepositoryPolicyCommand({ repositoryName })),
    ),
  ]);
  return { lifecyclePolicy: lifecycle?.lifecyclePolicyText, accessPolicy: access?.policyText };
}

/** What a call answers; undefined when it fails with just this error. */
async function orAbsent<Answer>(
  name: string,
  call: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isNamed(error, name)) return undefined;
    throw error;
  }
}
