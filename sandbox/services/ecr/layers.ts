import type {
  BatchCheckLayerAvailabilityRequest,
  BatchCheckLayerAvailabilityResponse,
  GetDownloadUrlForLayerRequest,
  GetDownloadUrlForLayerResponse,
} from '@aws-sdk/client-ecr';
import { type Operation, ServiceError } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';
import { mediaTypes } from './manifest.ts';

/** ECR takes at most this many digests in one call. */
const DIGESTS_MAX = 100;

const isDigest = (digest: string): boolean => /^sha256:[0-9a-f]{64}$/.test(digest);

export function batchCheckLayerAvailability(
  model: EcrModel,
): Operation<BatchCheckLayerAvailabilityRequest, BatchCheckLayerAvailabilityResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: (input, { region }) => {
      const repository = model.repository(region, input.repositoryName ?? '');
      const digests = input.layerDigests ?? [];
      if (digests.length === 0 || digests.length > DIGESTS_MAX) {
        throw ecrErrors.invalid(`at 'layerDigests' give 1 to ${DIGESTS_MAX} digests`);
      }
      return {
        layers: digests.filter(isDigest).map((layerDigest) => {
          const layerSize = repository.blobs.get(layerDigest);
          if (layerSize === undefined) return { layerDigest, layerAvailability: 'UNAVAILABLE' };
          return {
            layerDigest,
            layerAvailability: 'AVAILABLE',
            layerSize,
            mediaType: mediaTypes.layer,
          };
        }),
        failures: digests
          .filter((digest) => !isDigest(digest))
          .map((layerDigest) => ({
            layerDigest,
            failureCode: 'InvalidLayerDigest',
            failureReason: 'The layer digest is not a valid digest',
          })),
      };
    },
  };
}

export function getDownloadUrlForLayer(
  model: EcrModel,
): Operation<GetDownloadUrlForLayerRequest, GetDownloadUrlForLayerResponse> {
  return {
    resources: ({ repositoryName }, { region }) => [
      model.repositoryArn(region, repositoryName ?? ''),
    ],
    handle: ({ repositoryName, layerDigest = '' }, { region }) => {
      const repository = model.repository(region, repositoryName ?? '');
      if (!repository.blobs.has(layerDigest)) {
        throw new ServiceError(
          'LayersNotFoundException',
          `Layer with digest '${layerDigest}' does not exist in '${repository.name}'`,
        );
      }
      if (!repository.isReferenced(layerDigest)) {
        throw new ServiceError(
          'LayerInaccessibleException',
          `Layer with digest '${layerDigest}' is not part of any image in '${repository.name}'`,
        );
      }
      return { layerDigest, downloadUrl: model.links.create(region, repository.name, layerDigest) };
    },
  };
}
