import type { Invariant } from './invariant.ts';

/** Route 53 sees a region down or a latch within 30 s, and a run may need several tries, in ms. */
const SETTLED_MS = 180_000;

export const noFailbackByItself: Invariant = {
  name: 'no-failback-by-itself',
  sentence: 'traffic stays in the region that the journal says, as long as that one is well',
  watch: (watched, broken) => {
    const { view, sightings } = watched;
    const apps = Object.keys(view.cloud.fleet.applications);
    const sinceMs = new Map(apps.map((app) => [app, 0]));
    watched.onFailover(({ app, after }) => {
      if (after.phase === 'steady' && after.isLatchPending !== true) {
        if (!sinceMs.has(app)) sinceMs.set(app, view.nowMs());
      } else sinceMs.delete(app);
    });
    watched.onMoment(() => {
      for (const [app, { traffic }] of Object.entries(view.cloud.fleet.applications)) {
        const steadyMs = view.nowMs() - (sinceMs.get(app) ?? view.nowMs());
        const { active } = view.failover(app);
        if (traffic === undefined || steadyMs < SETTLED_MS) continue;
        // A cut between health checkers and a region that is well is no matter of ours.
        const wellMs = Math.min(sightings.servedMs(app, active), sightings.calmMs());
        if (wellMs < SETTLED_MS) continue;
        const { region } = view.answeredRegion(app, undefined);
        if (region !== active)
          broken(`${app} leads to ${region}, but ${active} serves and is well`);
      }
    });
  },
};
