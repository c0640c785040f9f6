import type { Invariant } from './invariant.ts';

export const epochsRise: Invariant = {
  name: 'epochs-rise',
  sentence: 'the epoch never falls, and no region becomes active without a new one',
  watch: (watched, broken) => {
    watched.onFailover(({ app, before, after }) => {
      if (after.epoch < before.epoch) {
        broken(`${app} went from epoch ${before.epoch} to ${after.epoch}`);
      }
      const isNew = after.active !== before.active && after.epoch === before.epoch;
      if (isNew && before.move === undefined) {
        broken(`${app} moved to ${after.active} without a new epoch`);
      }
    });
  },
};
