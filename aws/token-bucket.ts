/** Spreads calls: so many a second over time, and at most a second's worth of them at once. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAtMs = nowMs;
  }

  /** Takes a place in the queue; returns how long to wait for it, in ms. */
  takeAfterMs(nowMs: number): number {
    const refill = ((nowMs - this.#filledAtMs) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + refill) - 1;
    this.#filledAtMs = nowMs;
    return Math.max(0, (-this.#tokens / this.#perSecond) * 1_000);
  }
}
