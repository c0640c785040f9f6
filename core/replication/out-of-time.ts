import type { Clock } from '../ports.ts';

/** The copy has to end now; what it did is kept, and another run goes on with it. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** Throws `OutOfTime` from `stopAtMs` on; without it there is no end. */
export function checkTime({ clock, stopAtMs }: TimeLimit): void {
  if (stopAtMs !== undefined && clock.nowMs() >= stopAtMs) {
    throw new OutOfTime('the time of this run is up; the next one goes on');
  }
}

export interface TimeLimit {
  readonly clock: Clock;
  /** On the clock: from then on nothing further is begun or sent. */
  readonly stopAtMs?: number;
}
