import { replicateImage } from './compose/replicate-image.ts';

/** Copies what was pushed to every region that lacks it. */
export const handler = replicateImage(process.env);
