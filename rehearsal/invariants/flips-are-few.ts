import { onAutomaticStart } from './automatic-start.ts';
import type { Invariant } from './invariant.ts';

const DAY_MS = 86_400_000;

/** Clocks of functions may be ahead by this much, in ms. */
const CLOCK_SKEW_MS_MAX = 5_000;

export const flipsAreFew: Invariant = {
  name: 'flips-are-few',
  sentence:
    'automation flips at most `maxFlipsPerDay` times a day, and not before the cooldown is over',
  watch: (watched, broken) => {
    const flips: { readonly app: string; readonly atMs: number }[] = [];
    watched.onFailover(({ app, before, after }) => {
      const isFlip = before.move?.mode === 'automatic' && after.active !== before.active;
      if (isFlip) flips.push({ app, atMs: watched.view.nowMs() });
    });
    onAutomaticStart(watched, ({ app, application }) => {
      const { maxFlipsPerDay = 0, cooldown = 0 } = application.failover ?? {};
      const nowMs = watched.view.nowMs();
      const own = flips.filter((flip) => flip.app === app && nowMs - flip.atMs < DAY_MS);
      if (own.length >= maxFlipsPerDay) broken(`${app} flips once more after ${own.length} flips`);
      const agoMs = nowMs - (own.at(-1)?.atMs ?? -Infinity);
      if (agoMs + CLOCK_SKEW_MS_MAX < cooldown) {
        broken(`${app} flips again ${agoMs / 1_000} s after the last time`);
      }
    });
  },
};
