import type { Watched } from './watched.ts';

/** A promise that holds at every moment, whatever fails. */
export interface Invariant {
  readonly name: string;
  /** What holds, in words for the page and the report. */
  readonly sentence: string;
  /** Starts to watch a rehearsal; `broken` is told what was seen. */
  readonly watch: (watched: Watched, broken: (text: string) => void) => void;
}
