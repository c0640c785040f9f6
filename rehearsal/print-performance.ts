import type { Performance } from './play-scenario.ts';
import type { TimelineEntry } from './timeline.ts';

/** A timeline that a person can read, one line for each thing that happened. */
export function printTimeline(entries: readonly TimelineEntry[]): string {
  const width = Math.max(0, ...entries.map(({ lane }) => lane.length));
  return entries
    .map(({ atMs, lane, kind, text }) => {
      return `${clock(atMs)}  ${lane.padEnd(width)}  ${kind.padEnd(8)}  ${text}`;
    })
    .join('\n');
}

/** The verdict of each expectation. */
export function printVerdicts({ verdicts }: Pick<Performance, 'verdicts'>): string {
  return verdicts
    .map(({ isMet, text, seen, atMs }) => {
      const saw = isMet ? '' : ` (seen at ${clock(atMs)}: ${seen})`;
      return `  ${isMet ? 'holds ' : 'BROKEN'}  ${text}${saw}`;
    })
    .join('\n');
}

/** Hours, minutes and seconds since the beginning. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
