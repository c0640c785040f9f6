import { onAutomaticStart } from './automatic-start.ts';
import type { Invariant } from './invariant.ts';

/** How far faults set a clock ahead, in ms. */
const CLOCK_SKEW_MS_MAX = 5_000;

export const aHoldWins: Invariant = {
  name: 'a-hold-wins',
  sentence: 'automation starts no move while a person holds the application, and loses no hold',
  watch: (watched, broken) => {
    const { world } = watched.view.cloud.built.cloud;
    watched.onFailover(({ app, before, after }) => {
      if (before.hold === undefined || after.hold !== undefined) return;
      const { untilMs = Infinity, actor } = before.hold;
      const isAsked = after.requests.at(-1) !== before.requests.at(-1);
      const isOver = world.nowMs() + CLOCK_SKEW_MS_MAX >= untilMs;
      if (!isAsked && !isOver) broken(`${app} lost the hold of ${actor}`);
    });
    onAutomaticStart(watched, ({ app, before: { hold } }, { to }) => {
      if (hold !== undefined) broken(`${app} moves to ${to} although ${hold.actor} holds it`);
    });
  },
};
