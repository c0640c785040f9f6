import { replicationLoop } from '../core/replication/replication-loop.ts';
import { loopHandler } from './shared/loop-handler.ts';

/** Copies what was pushed to every region that lacks it. */
export const handler = loopHandler('replicate-image', process.env, replicationLoop);
