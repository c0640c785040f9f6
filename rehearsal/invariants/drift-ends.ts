import { readLatch } from '../read-latch.ts';
import type { Invariant } from './invariant.ts';

export const driftEnds: Invariant = {
  name: 'drift-ends',
  sentence: 'two sweeps after the last fault ended, the latch says what the journal says',
  watch: (watched, broken) => {
    const { view, sightings } = watched;
    const sinceMs = new Map<string, number>();
    watched.onMoment(() => {
      const { sweepEvery, applications } = view.cloud.fleet;
      const sweepsMs = 2 * sweepEvery + sightings.runMs();
      for (const [app, { failover, regions }] of Object.entries(applications)) {
        if (failover === undefined) continue;
        const state = view.failover(app);
        const { latched = false } = readLatch(view, app) ?? {};
        const isRight = latched === (state.active !== regions[0]);
        if (isRight || state.move !== undefined) sinceMs.delete(app);
        else if (!sinceMs.has(app)) sinceMs.set(app, view.nowMs());
        const lastedMs = view.nowMs() - (sinceMs.get(app) ?? Infinity);
        if (Math.min(lastedMs, sightings.calmMs()) <= sweepsMs) continue;
        broken(`the latch of ${app} is ${latched ? 'set' : 'open'}, but ${state.active} serves`);
      }
    });
  },
};
