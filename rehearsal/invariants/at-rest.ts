import type { WorldView } from '../world-view.ts';

/** A promise about the state that everything comes to once nothing is broken any more. */
export interface AtRest {
  readonly name: string;
  /** What holds, in words for the page and the report. */
  readonly sentence: string;
  /** What is not so yet for an application. */
  readonly look: (view: WorldView, app: string) => string | undefined;
}
