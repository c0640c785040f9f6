import { journalKeys } from '../../core/contract/journal.ts';
import type { Standing } from '../../core/decision-journal.ts';
import type { Invariant } from './invariant.ts';

/** Longer than any run, and than the silence after which another one may go on, in ms. */
const RUN_MS_MAX = 600_000;

export const runsEnd: Invariant = {
  name: 'runs-end',
  sentence: 'what a run has begun is ended by it or by a later one, with a record',
  watch: (watched, broken) => {
    const sinceMs = new Map<string, number>();
    watched.onDocument(({ key, after }) => {
      if (!key.sort.startsWith(journalKeys.standingPrefix)) return;
      const id = `${key.partition} ${key.sort}`;
      if ((after as Standing).open === undefined) sinceMs.delete(id);
      else if (!sinceMs.has(id)) sinceMs.set(id, watched.view.nowMs());
    });
    watched.onMoment(() => {
      for (const [id, openedMs] of sinceMs) {
        const openMs = watched.view.nowMs() - openedMs;
        const lastedMs = Math.min(openMs, watched.sightings.calmMs());
        if (lastedMs > RUN_MS_MAX) broken(`${id} is still open after ${openMs / 1_000} s`);
      }
    });
  },
};
