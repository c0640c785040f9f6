import type { Output } from '../output.ts';

/** One step of the demo, as it was told and checked. */
export interface TimelineStep {
  readonly title: string;
  readonly checks: readonly string[];
  readonly worldSeconds: number;
}

/** A check that did not hold; ends the demo with exit code 1. */
class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

const POLL_MS = 100;

/** Tells a story step by step, in world time, and remembers what was checked. */
export class Timeline {
  readonly steps: TimelineStep[] = [];
  readonly #output: Output;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #checks: string[] = [];

  constructor(output: Output, nowMs: () => number) {
    this.#output = output;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  async step(title: string, run: () => Promise<void>): Promise<void> {
    this.#line(`${this.#clock()}  ${title}`);
    this.#checks = [];
    const fromMs = this.#nowMs();
    await run();
    const worldSeconds = Math.round((this.#nowMs() - fromMs) / 1_000);
    this.steps.push({ title, checks: this.#checks, worldSeconds });
  }

  /** Holds a fact against what was expected. */
  check(isTrue: boolean, fact: string): void {
    if (!isTrue) throw new CheckFailed(`This did not hold: ${fact}`);
    this.#checks.push(fact);
    this.#line(`         ok  ${fact}`);
  }

  /** Says something that is worth knowing but was not checked. */
  tell(text: string): void {
    this.#line(`             ${text}`);
  }

  /** Asks again and again until there is an answer, at most this long in world time. */
  async until<Answer>(
    what: string,
    worldMsMax: number,
    ask: () => Promise<Answer | undefined>,
  ): Promise<Answer> {
    const deadlineMs = this.#nowMs() + worldMsMax;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (this.#nowMs() > deadlineMs) {
        throw new CheckFailed(`Waited ${worldMsMax / 1_000} s of world time, in vain: ${what}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #clock(): string {
    const seconds = Math.floor((this.#nowMs() - this.#startMs) / 1_000);
    const minutes = String(Math.floor(seconds / 60)).padStart(2, '0');
    return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
  }

  #line(text: string): void {
    if (!this.#output.isJson) this.#output.data({}, text);
  }
}
