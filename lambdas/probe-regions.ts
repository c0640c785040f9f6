import { probeRegions } from '../core/failover/probe-regions.ts';
import { lambdaHandler } from './shared/lambda-handler.ts';
import { sendLaterRounds } from './shared/probe-rounds.ts';

/** Looks at every region, and wakes the failover loop of every application that looks bad. */
export const handler = lambdaHandler('probe-regions', process.env, ({ fleet, ports, queue }) => {
  return async (body) => {
    await sendLaterRounds(queue, body);
    const suspicious = await probeRegions(fleet, ports);
    const wake = (app: string) =>
      ports.wakes.wake('failover', { kind: 'wake', app, cause: 'probe' }, 0);
    await Promise.all(suspicious.map(wake));
  };
});
