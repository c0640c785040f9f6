import { sweepFunction } from './compose/sweep.ts';

/** Looks at everything again, whatever events were lost. */
export const handler = sweepFunction(process.env);
