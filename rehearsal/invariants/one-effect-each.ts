import type { Invariant } from './invariant.ts';

/** An alarm speaks once a minute; a second event within it is the same one, in ms. */
const PERIOD_MS = 60_000;

export const oneEffectEach: Invariant = {
  name: 'one-effect-each',
  sentence:
    'what comes twice has one effect: an epoch moves traffic once, and tasks are not added again ' +
    'while an alarm cools down',
  watch: (watched, broken) => {
    watched.onFailover(({ app, after }) => {
      const epochs = after.flips.map(({ epoch }) => epoch);
      if (new Set(epochs).size < epochs.length) broken(`${app} moved twice in one epoch`);
    });
    const added = new Map<string, { readonly atMs: number; readonly to: number; by: number }>();
    watched.onCall('ecs:UpdateService', ({ function: by, region, input }) => {
      const to = input['desiredCount'];
      if (by !== 'scale-service' || typeof to !== 'number') return;
      const { app, name, service } = watched.view.fleetService(String(input['service']));
      const place = `${region}/${service}`;
      const step = to - watched.sightings.desired(app, region, name);
      if (step <= 0) return;
      const last = added.get(place);
      const atMs = watched.view.nowMs();
      added.set(place, { atMs, to, by: step });
      const policies = Object.values(watched.view.application(app).scaling);
      const cooldowns = policies
        .filter((policy) => policy.service === name)
        .map(({ cooldown }) => cooldown);
      const coolMs = Math.max(Math.min(...cooldowns), PERIOD_MS);
      // Clocks may differ by seconds; a larger step may always follow a smaller one.
      if (last === undefined || atMs + 5_000 >= last.atMs + coolMs || step > last.by) return;
      if (to > last.to) broken(`${place} gets ${step} more tasks while the last ones cool down`);
    });
  },
};
