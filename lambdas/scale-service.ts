import { scaleService } from './compose/scale-service.ts';

/** Sets the desired count of a service when its alarm asks for it. */
export const handler = scaleService(process.env);
