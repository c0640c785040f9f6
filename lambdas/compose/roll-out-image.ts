import { images, services } from '../../aws/adapters.ts';
import { rolloutLoop } from '../../core/rollout/rollout-loop.ts';
import type { Compose } from '../shared/lambda-handler.ts';
import { loopHandler } from '../shared/loop-handler.ts';

/** Takes an image that is everywhere to the services, region by region. */
export const rollOutImage: Compose = (environment, surroundings) =>
  loopHandler(
    'roll-out-image',
    environment,
    ({ fleet, ports, aws }) => {
      const { accountId } = aws;
      return rolloutLoop(fleet, {
        ...ports,
        accountId,
        images: images(aws),
        services: services(aws),
      });
    },
    surroundings,
  );
