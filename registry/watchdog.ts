/** Barks when somebody has waited too long; looks only now and then, so it costs nothing. */
export class Watchdog {
  readonly #timer: NodeJS.Timeout;
  #isWaiting = false;
  #looks = 0;

  constructor(limitMs: number, bark: () => void) {
    const looksMax = 6;
    this.#timer = setInterval(() => {
      this.#looks = this.#isWaiting ? this.#looks + 1 : 0;
      if (this.#looks >= looksMax) bark();
    }, limitMs / looksMax);
  }

  begin(): void {
    this.#isWaiting = true;
    this.#looks = 0;
  }

  end(): void {
    this.#isWaiting = false;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
