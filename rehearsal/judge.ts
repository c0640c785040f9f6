import { formatDuration } from '../core/contract/format-duration.ts';
import { observeSubject, type Sight } from './observe-subject.ts';
import { type Expectation, moments, subjects } from './scenario-expectations.ts';
import type { Scenario } from './scenario.ts';

/** What became of one expectation. */
export interface Verdict {
  readonly isMet: boolean;
  /** The expectation in words. */
  readonly text: string;
  /** What was seen, and when it was decided; ms since the beginning. */
  readonly seen: string;
  readonly atMs: number;
}

/** Holds what happens against what was expected, moment by moment. */
export class Judge {
  readonly #sight: Sight;
  readonly #open: Watched[];
  readonly #all: readonly Watched[];
  #endMs: number;

  constructor(sight: Sight, scenario: Scenario) {
    this.#sight = sight;
    this.#endMs = scenario.for;
    this.#all = scenario.expect.map((expected) => ({ expected, verdict: undefined }));
    this.#open = [...this.#all];
  }

  /** To be called each moment, in order of time. */
  look(): void {
    const nowMs = this.#sight.view.nowMs();
    for (const watched of [...this.#open]) {
      const { fromMs, toMs } = windowOf(watched.expected, this.#endMs);
      if (nowMs < fromMs) continue;
      const { holds, text } = observeSubject(this.#sight, watched.expected);
      const isLast = nowMs >= toMs;
      const isMet = decide(watched.expected, holds, isLast);
      if (isMet === undefined) continue;
      const words = describeExpectation(watched.expected);
      watched.verdict = { isMet, text: words, seen: text, atMs: nowMs };
      this.#open.splice(this.#open.indexOf(watched), 1);
    }
  }

  /** Makes this moment the last one. */
  end(): void {
    this.#endMs = this.#sight.view.nowMs();
    this.look();
  }

  /** Whether something is already known not to hold. */
  get isBroken(): boolean {
    return this.#all.some(({ verdict }) => verdict?.isMet === false);
  }

  /** What is decided, in the order of the file; after the last moment that is everything. */
  verdicts(): readonly Verdict[] {
    return this.#all.flatMap(({ verdict }) => verdict ?? []);
  }
}

interface Watched {
  readonly expected: Expectation;
  verdict: Verdict | undefined;
}

function windowOf(expected: Expectation, endMs: number) {
  const { within, at, atEnd, after = 0, until = endMs } = expected;
  if (within !== undefined) return { fromMs: after, toMs: after + within };
  if (at !== undefined) return { fromMs: at, toMs: at };
  if (atEnd === true) return { fromMs: endMs, toMs: endMs };
  return { fromMs: after, toMs: until };
}

/** Undefined while it is not decided. */
function decide(expected: Expectation, holds: boolean, isLast: boolean): boolean | undefined {
  if (expected.within !== undefined) return holds || (isLast ? false : undefined);
  if (expected.always === true) return holds ? (isLast ? true : undefined) : false;
  if (expected.never === true) return holds ? false : isLast ? true : undefined;
  return holds;
}

/** An expectation in words. */
function describeExpectation(expected: Expectation): string {
  const moment = moments.find((name) => expected[name] !== undefined);
  const subject = subjects.find((name) => expected[name] !== undefined);
  const { after, until } = expected;
  const time = expected.within ?? expected.at;
  const when = [
    `${moment ?? ''}${time === undefined ? '' : ` ${formatDuration(time)}`}`,
    ...(after === undefined ? [] : [`after ${formatDuration(after)}`]),
    ...(until === undefined ? [] : [`until ${formatDuration(until)}`]),
  ];
  const wanted = subject === undefined ? {} : (expected[subject] ?? {});
  if (typeof wanted === 'string') return `${when.join(' ')}: ${subject ?? ''} ${wanted}`;
  const values = Object.entries(wanted);
  const words = values
    .filter(([, value]: [string, unknown]) => value !== false)
    .map(([key, value]) => `${key} ${String(value)}`);
  return `${when.join(' ')}: ${subject ?? ''} ${words.join(', ')}`;
}
