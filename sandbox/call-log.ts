import type { Principal } from './service-model.ts';

/** One API call as the local cloud saw it. */
export interface LoggedCall {
  readonly requestId: string;
  readonly atMs: number;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly principal: Principal;
  /** `ok`, the error's name, or `pending` while the operation runs. */
  readonly outcome: string;
}

export interface CallFilter {
  readonly region?: string;
  readonly service?: string;
  /** World time in ms; calls before it are left out. */
  readonly sinceMs?: number;
}

/** Hears of a call and what it was given. */
export type CallListener = (call: LoggedCall, input: object) => void;

/** The newest calls are kept: enough for hours of an idle fleet, little enough for memory. */
const CALLS_MAX = 20_000;

/** What was called, where, by whom and how it ended; refused and unreachable calls too. */
export class CallLog {
  #calls: LoggedCall[] = [];
  #listeners: readonly CallListener[] = [];

  begin(
    call: Omit<LoggedCall, 'outcome'>,
    input: object,
  ): { readonly end: (outcome: string) => void } {
    const entry = { ...call, outcome: 'pending' };
    this.#calls.push(entry);
    // Cut in large steps, because each cut copies the list.
    if (this.#calls.length > 2 * CALLS_MAX) this.#calls = this.#calls.slice(-CALLS_MAX);
    return {
      end: (outcome) => {
        entry.outcome = outcome;
        for (const listener of this.#listeners) listener(entry, input);
      },
    };
  }

  list(filter: CallFilter = {}): readonly LoggedCall[] {
    return this.#calls.filter(
      (call) =>
        (filter.region === undefined || call.region === filter.region) &&
        (filter.service === undefined || call.service === filter.service) &&
        (filter.sinceMs === undefined || call.atMs >= filter.sinceMs),
    );
  }

  /** Is told of each call when it has ended, with what it was given. */
  onEnd(listener: CallListener): void {
    this.#listeners = [...this.#listeners, listener];
  }

  clear(): void {
    this.#calls = [];
  }
}
