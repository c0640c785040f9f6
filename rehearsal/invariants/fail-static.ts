import type { Invariant } from './invariant.ts';

export const failStatic: Invariant = {
  name: 'fail-static',
  sentence: 'only a region that has just written to the journal switches traffic or promotes data',
  watch: (watched, broken) => {
    const writtenMs = new Map<string, number>();
    watched.onDocument(({ by, from }) => {
      if (by === 'fail-over-region') writtenMs.set(from, watched.view.nowMs());
    });
    const check = (from: string, what: string): void => {
      const agoMs = watched.view.nowMs() - (writtenMs.get(from) ?? -Infinity);
      if (agoMs <= watched.sightings.runMs()) return;
      broken(`${from} ${what} without the journal`);
    };
    watched.onCall('s3:PutObject', ({ from }) => {
      check(from, 'switches traffic');
    });
    watched.onCall('lambda:Invoke', ({ from }) => {
      check(from, 'promotes data');
    });
  },
};
