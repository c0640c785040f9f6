import type { Invariant } from './invariant.ts';

export const countsStayInBounds: Invariant = {
  name: 'counts-stay-in-bounds',
  sentence: 'Farshore sets no desired count outside `min` and `max`; a person may',
  watch: (watched, broken) => {
    watched.onCall('ecs:UpdateService', ({ region, input }) => {
      const { min, max, service } = watched.view.fleetService(String(input['service']));
      const count = input['desiredCount'];
      if (typeof count !== 'number' || (count >= min && count <= max)) return;
      broken(`${service} in ${region} was set to ${count} (${min}-${max})`);
    });
  },
};
