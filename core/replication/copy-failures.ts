import { messageOf } from '../errors.ts';
import { TakenOver } from './heartbeat.ts';
import { OutOfTime } from './out-of-time.ts';

/** Targets that failed, each with its first cause, and those that the time was too short for. */
export class CopyFailures {
  readonly #causes = new Map<string, unknown>();
  readonly #tell: (target: string, cause: string) => void;

  constructor(tell: (target: string, cause: string) => void) {
    this.#tell = tell;
  }

  /** Whether nothing more is to be done for a target in this run. */
  has(target: string): boolean {
    return this.#causes.has(target);
  }

  list(): readonly CopyFailure[] {
    return [...this.#causes]
      .filter(([, error]) => !(error instanceof OutOfTime))
      .map(([region, error]) => ({ region, cause: messageOf(error), error }));
  }

  stopped(): readonly string[] {
    return [...this.#causes]
      .filter(([, error]) => error instanceof OutOfTime)
      .map(([target]) => target);
  }

  /** Keeps a failure to the target it belongs to; only losing the subject ends the whole run. */
  async catching<T>(target: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isRunEnd(error)) throw error;
      if (!this.has(target)) {
        this.#causes.set(target, error);
        if (!(error instanceof OutOfTime)) this.#tell(target, messageOf(error));
      }
      return undefined;
    }
  }
}

/** A target that does not hold the image, and why. */
export interface CopyFailure {
  /** The target's name: a region in a fleet. */
  readonly region: string;
  readonly cause: string;
  readonly error: unknown;
}

/** Whether the run has to stop rather than one of its targets. */
export function isRunEnd(error: unknown): boolean {
  return error instanceof TakenOver;
}
