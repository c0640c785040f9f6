import { alarms, probes } from '../../aws/adapters.ts';
import { probeRegions } from '../../core/failover/probe-regions.ts';
import { type Compose, lambdaHandler } from '../shared/lambda-handler.ts';
import { sendLaterRounds } from '../shared/probe-rounds.ts';

/** Looks at every region, and wakes the failover loop of every application that looks bad. */
export const probeRegionsFunction: Compose = (environment, surroundings) =>
  lambdaHandler(
    'probe-regions',
    environment,
    (setting) => {
      const { fleet, ports, queue, aws } = setting;
      const sight = { ...ports, alarms: alarms(aws), probes: probes(aws) };
      return async (body) => {
        await sendLaterRounds(queue, body);
        const suspicious = await probeRegions(fleet, sight);
        const wake = (app: string) =>
          ports.wakes.wake('failover', { kind: 'wake', app, cause: 'probe' }, 0);
        await Promise.all(suspicious.map(wake));
      };
    },
    surroundings,
  );
