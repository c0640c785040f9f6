import { events, images, repositories } from '../../aws/adapters.ts';
import { replicationLoop } from '../../core/replication/replication-loop.ts';
import type { Compose } from '../shared/lambda-handler.ts';
import { loopHandler } from '../shared/loop-handler.ts';

/** Copies what was pushed to every region that lacks it. */
export const replicateImage: Compose = (environment, surroundings) =>
  loopHandler(
    'replicate-image',
    environment,
    ({ fleet, ports, aws }) =>
      replicationLoop(fleet, {
        ...ports,
        events: events(aws),
        images: images(aws),
        repositories: repositories(aws),
      }),
    surroundings,
  );
