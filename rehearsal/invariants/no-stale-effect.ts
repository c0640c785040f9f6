import { readLatch } from '../read-latch.ts';
import type { Invariant } from './invariant.ts';

export const noStaleEffect: Invariant = {
  name: 'no-stale-effect',
  sentence: 'the epoch of a latch never falls',
  watch: (watched, broken) => {
    const epochs = new Map<string, number>();
    watched.onCall('s3:PutObject', () => {
      for (const app of Object.keys(watched.view.cloud.fleet.applications)) {
        const epoch = readLatch(watched.view, app)?.epoch ?? 0;
        const before = epochs.get(app) ?? 0;
        epochs.set(app, epoch);
        if (epoch < before) broken(`the latch of ${app} went from epoch ${before} to ${epoch}`);
      }
    });
  },
};
