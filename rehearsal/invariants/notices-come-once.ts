import type { Invariant } from './invariant.ts';

/** A sender that dies, or never hears that it was heard, can only send again: SNS is like that. */
const repeating = ['lost-response', 'function-kill', 'function-freeze', 'latency'];

export const noticesComeOnce: Invariant = {
  name: 'notices-come-once',
  sentence: 'no notice comes twice, except where an answer was lost or a sender died',
  watch: (watched, broken) => {
    const ids = new Set<string>();
    let seen = 0;
    watched.onMoment(() => {
      const notices = watched.view.notices();
      if (notices.length === seen) return;
      const { faults } = watched.view.cloud.built.cloud;
      const mayRepeat = faults.list().some(({ kind }) => repeating.includes(kind));
      for (const { attributes, subject = '' } of notices.slice(seen)) {
        const id = attributes['id'] ?? '';
        if (ids.has(id)) broken(`twice: ${subject}`);
        if (!mayRepeat) ids.add(id);
      }
      seen = notices.length;
    });
  },
};
