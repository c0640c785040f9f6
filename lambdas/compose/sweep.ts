import { sweep } from '../../core/sweep.ts';
import { type Compose, lambdaHandler } from '../shared/lambda-handler.ts';

/** Looks at everything again, whatever events were lost. */
export const sweepFunction: Compose = (environment, surroundings) =>
  lambdaHandler(
    'sweep',
    environment,
    ({ fleet, ports, telemetry }) => {
      return async () => {
        const { notices } = await sweep(fleet, ports);
        telemetry.count('sweeps');
        telemetry.count('noticesSent', notices);
      };
    },
    surroundings,
  );
