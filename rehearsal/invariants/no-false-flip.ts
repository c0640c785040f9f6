import { onAutomaticStart } from './automatic-start.ts';
import type { Invariant } from './invariant.ts';

export const noFalseFlip: Invariant = {
  name: 'no-false-flip',
  sentence: 'automation leaves a region only right after it truly failed; unknown is not down',
  watch: (watched, broken) => {
    onAutomaticStart(watched, ({ app }, { from }) => {
      if (!watched.sightings.wasIll(app, from)) broken(`${app} leaves ${from}, which was well`);
    });
  },
};
