import type { ListImageReferrersRequest, ListImageReferrersResponse } from '@aws-sdk/client-ecr';
import { pageOf } from '../../paging.ts';
import type { Operation } from '../../service-model.ts';
import type { EcrModel } from './ecr-model.ts';
import type { Image } from './repository.ts';

/** ECR answers at most this many referrers at once, and this many when not asked. */
const PAGE_MAX = 50;
const PAGE_DEFAULT = 20;

export function listImageReferrers(
  model: EcrModel,
): Operation<ListImageReferrersRequest, ListImageReferrersResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const types = input.filter?.artifactTypes ?? [];
      const referrers = repository
        .referrers(input.subjectId?.imageDigest ?? '')
        .filter(
          ({ manifest }) => types.length === 0 || types.includes(manifest.artifactType ?? ''),
        );
      const maxResults = input.maxResults ?? PAGE_DEFAULT;
      const page = pageOf(referrers, { ...input, maxResults }, PAGE_MAX);
      return {
        referrers: page.items.map((image) => ({
          ...referrerOf(image),
          artifactStatus: 'ACTIVE',
        })),
        nextToken: page.nextToken,
      };
    },
  };
}

/** A referrer as both the API and the registry protocol list it. */
export function referrerOf(image: Image) {
  const { manifest } = image;
  return {
    mediaType: manifest.mediaType,
    digest: image.digest,
    size: Buffer.byteLength(image.body),
    artifactType: manifest.artifactType,
    annotations: manifest.annotations,
  };
}
