import { failOverRegion } from './compose/fail-over-region.ts';

/** Moves traffic to a healthy region when enough observers agree. */
export const handler = failOverRegion(process.env);
