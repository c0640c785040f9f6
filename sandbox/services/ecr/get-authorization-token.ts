import type {
  GetAuthorizationTokenRequest,
  GetAuthorizationTokenResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../service-model.ts';
import type { EcrModel } from './ecr-model.ts';

/** A token of ECR lives 12 hours. */
const TOKEN_LIFE_MS = 12 * 3_600_000;

/** The password for docker login; any token is taken, as the sandbox keeps no secrets. */
export function getAuthorizationToken(
  model: EcrModel,
): Operation<GetAuthorizationTokenRequest, GetAuthorizationTokenResponse> {
  return {
    resources: () => ['*'],
    handle: (_input, { region, world }) => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:sandbox-${world.nowMs()}`).toString('base64'),
          expiresAt: new Date(world.nowMs() + TOKEN_LIFE_MS),
          proxyEndpoint: model.registryUrl(region),
        },
      ],
    }),
  };
}
