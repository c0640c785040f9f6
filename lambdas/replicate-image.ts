import { events, images } from '../aws/adapters.ts';
import { replicationLoop } from '../core/replication/replication-loop.ts';
import { loopHandler } from './shared/loop-handler.ts';

/** Copies what was pushed to every region that lacks it. */
export const handler = loopHandler('replicate-image', process.env, ({ fleet, ports, aws }) =>
  replicationLoop(fleet, { ...ports, events: events(aws), images: images(aws) }),
);
