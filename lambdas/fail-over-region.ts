import { failoverLoop } from '../core/failover/failover-loop.ts';
import { loopHandler } from './shared/loop-handler.ts';

/** Moves traffic to a healthy region when enough observers agree. */
export const handler = loopHandler('fail-over-region', process.env, failoverLoop);
