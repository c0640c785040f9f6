import { rolloutLoop } from '../core/rollout/rollout-loop.ts';
import { loopHandler } from './shared/loop-handler.ts';

/** Takes an image that is everywhere to the services, region by region. */
export const handler = loopHandler('roll-out-image', process.env, rolloutLoop);
