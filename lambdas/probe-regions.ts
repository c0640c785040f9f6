import { probeRegionsFunction } from './compose/probe-regions.ts';

/** Looks at every region, and wakes the failover loop of every application that looks bad. */
export const handler = probeRegionsFunction(process.env);
