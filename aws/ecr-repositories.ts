import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import type { HeldImage, Repositories } from '../core/repositories.ts';
import { allPages } from './all-pages.ts';
import { isNamed } from './errors.ts';

/** The largest page that ECR gives. */
const IMAGES_PER_PAGE = 1_000;

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
}
