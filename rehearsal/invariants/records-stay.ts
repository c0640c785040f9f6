import type { DecisionRecord } from '../../core/decision.ts';
import { journalKeys } from '../../core/contract/journal.ts';
import type { Invariant } from './invariant.ts';

export const recordsStay: Invariant = {
  name: 'records-stay',
  sentence: 'a record of a decision is never changed, except for whether its notice was sent',
  watch: (watched, broken) => {
    const apps = Object.keys(watched.view.cloud.fleet.applications);
    const partitions = new Set(apps.map(journalKeys.recordPartition));
    watched.onDocument(({ key, before, after }) => {
      if (!partitions.has(key.partition) || before === undefined) return;
      if (contentOf(before) !== contentOf(after)) broken(`${key.sort} was written over`);
    });
  },
};

function contentOf(record: unknown): string {
  return JSON.stringify({ ...(record as DecisionRecord), noticeState: undefined });
}
