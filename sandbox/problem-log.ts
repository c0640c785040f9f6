import type { FunctionLog } from './lambda-runtime/worker-runtime.ts';

/** How many lines are kept: enough to see what went wrong last. */
const LINES_MAX = 100;

/** The newest problems of the functions and of the local cloud itself. */
export class ProblemLog {
  #lines: string[] = [];

  /** Bound, because it is handed over as a callback. */
  readonly add = (where: string, error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#push(`${where}: ${text}`);
  };

  /** Keeps what a function logged as a warning, as an error, or outside of its logger. */
  addLog({ region, functionName, line }: FunctionLog): void {
    if (/"level":"(?:INFO|DEBUG)"|"_aws":/.test(line)) return;
    this.#push(`${region} ${functionName}: ${line}`);
  }

  readonly recent = (): readonly string[] => this.#lines;

  #push(line: string): void {
    this.#lines = [...this.#lines.slice(1 - LINES_MAX), line];
  }
}
