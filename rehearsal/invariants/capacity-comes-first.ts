import { readLatch } from '../read-latch.ts';
import type { Invariant } from './invariant.ts';

export const capacityComesFirst: Invariant = {
  name: 'capacity-comes-first',
  sentence: 'unless a person forces it, traffic is switched only to enough healthy tasks',
  watch: (watched, broken) => {
    const { view, sightings } = watched;
    const floors = new Map<string, Readonly<Record<string, number>>>();
    const epochs = new Map<string, number>();
    watched.onFailover(({ app, before, after }) => {
      if (after.move !== undefined && after.epoch > before.epoch) {
        floors.set(app, after.move.floors);
      }
    });
    watched.onCall('s3:PutObject', () => {
      for (const [app, wanted] of floors) {
        const { epoch = 0 } = readLatch(view, app) ?? {};
        const { move, epoch: current } = view.failover(app);
        const isSwitch = epoch !== epochs.get(app) && epoch === current && move?.step === 'latch';
        epochs.set(app, epoch);
        if (!isSwitch || move.mode === 'forced') continue;
        for (const [service, floor] of Object.entries(wanted)) {
          const healthy = sightings.healthyMax(app, move.to, service);
          if (healthy >= floor) continue;
          broken(`${app} goes to ${move.to} with ${healthy} of ${floor} tasks of ${service}`);
        }
      }
    });
  },
};
