import { rollOutImage } from './compose/roll-out-image.ts';

/** Takes an image that is everywhere to the services, region by region. */
export const handler = rollOutImage(process.env);
