import { alarms, services } from '../../aws/adapters.ts';
import { scalingLoop } from '../../core/scaling/scaling-loop.ts';
import type { Compose } from '../shared/lambda-handler.ts';
import { loopHandler } from '../shared/loop-handler.ts';

/** Sets the desired count of a service when its alarm asks for it. */
export const scaleService: Compose = (environment, surroundings) =>
  loopHandler(
    'scale-service',
    environment,
    ({ fleet, ports, aws }) =>
      scalingLoop(fleet, { ...ports, alarms: alarms(aws), services: services(aws) }),
    surroundings,
  );
