import type { Run } from '../control-loop.ts';
import type { BlobStream, Clock } from '../ports.ts';

/** Signs of life of whoever copies; only a run that may lose its subject has any to give. */
export interface Pulse {
  beat(): Promise<void>;
  /** Passes a stream through, with a sign of life now and then. */
  over(content: BlobStream): BlobStream;
}

/** Of a copy that no other run can take over. */
export const noPulse: Pulse = { beat: () => Promise.resolve(), over: (content) => content };

/** Another run took this one's subject over, so this one must stop. */
export class TakenOver extends Error {
  override readonly name = 'TakenOver';
}

/** While bytes flow a sign of life this often is enough: a quarter of the silence allowed; ms. */
const BEAT_MS = 30_000;

/** Signs of life of one run that works on several things at once; one write at a time. */
export class Heartbeat implements Pulse {
  readonly #run: Run;
  readonly #clock: Clock;
  #beatAtMs: number;
  #beating: Promise<void> | undefined;

  constructor(run: Run, clock: Clock) {
    this.#run = run;
    this.#clock = clock;
    this.#beatAtMs = clock.nowMs();
  }

  /** Says that the run is alive; throws `TakenOver` when it is not its subject any more. */
  async beat(): Promise<void> {
    this.#beating ??= this.#tell().finally(() => {
      this.#beating = undefined;
    });
    await this.#beating;
  }

  /** One layer may take minutes. */
  async *over(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of content) {
      if (this.#clock.nowMs() - this.#beatAtMs >= BEAT_MS) await this.beat();
      yield chunk;
    }
  }

  async #tell(): Promise<void> {
    this.#beatAtMs = this.#clock.nowMs();
    if (await this.#run.alive()) return;
    throw new TakenOver('another run took this image over');
  }
}
