import { RegistryError } from './registry-error.ts';

/** Time and chance of retries; handed over so that tests need neither. */
export interface RetryMeans {
  sleep(ms: number): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export interface RetryOptions {
  readonly means: RetryMeans;
  readonly attemptsMax?: number;
  /** Told before each wait. */
  readonly onRetry?: (error: unknown) => void;
}

/** Six tries over at most about half a minute: longer outages are the next run's business. */
const ATTEMPTS_MAX = 6;
const BASE_MS = 200;
const WAIT_MS_MAX = 10_000;

/** A registry that asks for more patience than this is told about instead. */
const RETRY_AFTER_MS_MAX = 60_000;

/** Tries again what may succeed later, after a wait with full jitter or as long as asked for. */
export async function retrying<T>(options: RetryOptions, work: () => Promise<T>): Promise<T> {
  const { attemptsMax = ATTEMPTS_MAX, onRetry } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attemptsMax || !isWorthRetrying(error)) throw error;
      onRetry?.(error);
      await pause(options.means, attempt, error);
    }
  }
}

/** Waits before the next try; `attempt` counts from 1. */
export function pause(means: RetryMeans, attempt: number, error: unknown): Promise<void> {
  const ceilingMs = Math.min(WAIT_MS_MAX, BASE_MS * 2 ** (attempt - 1));
  const jitterMs = means.random() * ceilingMs;
  return means.sleep(retryAfterMs(error) ?? jitterMs);
}

/** Whether the same call may succeed later. */
export function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  const { failure } = error;
  return failure === 'throttled' || failure === 'broken' || failure === 'unreachable';
}

/** A `Retry-After` in seconds or as a date, which the answer's own `Date` makes a duration. */
export function parseRetryAfter(value: string | undefined, date: string | undefined) {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds)
    ? seconds * 1_000
    : Date.parse(value) - Date.parse(date ?? '');
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX) : undefined;
}

function retryAfterMs(error: unknown): number | undefined {
  return error instanceof RetryLater ? error.afterMs : undefined;
}

/** A refusal whose registry says when to come back. */
export class RetryLater extends RegistryError {
  readonly afterMs: number;

  constructor(error: RegistryError, afterMs: number) {
    const { status, code } = error;
    super(error.failure, error.message, { ...(status === undefined ? {} : { status }), code });
    this.afterMs = afterMs;
  }
}
