import type { Invariant } from './invariant.ts';

export const aMoveComesFirst: Invariant = {
  name: 'a-move-comes-first',
  sentence: 'while traffic moves nothing is deployed, and no task is taken away',
  watch: (watched, broken) => {
    const { view, sightings } = watched;
    const sinceMs = new Map<string, number>();
    watched.onFailover(({ app, after }) => {
      if (after.move === undefined) sinceMs.delete(app);
      else if (!sinceMs.has(app)) sinceMs.set(app, view.nowMs());
    });
    watched.onCall('ecs:UpdateService', ({ function: by, region, input }) => {
      const found = view.fleetService(String(input['service']));
      const moves = view.nowMs() - (sinceMs.get(found.app) ?? Infinity);
      // Who looked before the move began may act a little later.
      if (moves <= sightings.runMs()) return;
      const { taskDefinition, desiredCount } = input;
      if (by === 'roll-out-image' && taskDefinition !== undefined) {
        broken(`${found.service} in ${region} is deployed while ${found.app} moves`);
      }
      const before = sightings.desired(found.app, region, found.name);
      if (by === 'scale-service' && Number(desiredCount) < before) {
        broken(`${found.service} in ${region} is scaled in while ${found.app} moves`);
      }
    });
  },
};
