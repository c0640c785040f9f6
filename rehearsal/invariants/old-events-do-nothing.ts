import { names } from '../../core/contract/names.ts';
import type { Invariant } from './invariant.ts';

export const oldEventsDoNothing: Invariant = {
  name: 'old-events-do-nothing',
  sentence:
    'a count is changed only for an alarm that was in ALARM just now, however old its event',
  watch: (watched, broken) => {
    const { view, sightings } = watched;
    watched.onCall('ecs:UpdateService', ({ function: name, region, input }) => {
      if (name !== 'scale-service') return;
      const found = view.fleetService(String(input['service']));
      const alarms = Object.entries(view.application(found.app).scaling)
        .filter(([, { service }]) => service === found.name)
        .map(([policy, { alarm }]) => {
          return alarm ?? names.scalingAlarm(view.cloud.fleet.name, found.app, policy);
        });
      if (alarms.some((alarm) => sightings.wasAlarm(region, alarm, 'ALARM'))) return;
      const count = String(input['desiredCount']);
      broken(`${found.service} in ${region} is set to ${count} although no alarm asks for it`);
    });
  },
};
