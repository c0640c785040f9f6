import { sweep } from '../core/sweep.ts';
import { lambdaHandler } from './shared/lambda-handler.ts';

/** Looks at everything again, whatever events were lost. */
export const handler = lambdaHandler('sweep', process.env, ({ fleet, ports, telemetry }) => {
  return async () => {
    const { notices } = await sweep(fleet, ports);
    telemetry.count('sweeps');
    telemetry.count('noticesSent', notices);
  };
});
