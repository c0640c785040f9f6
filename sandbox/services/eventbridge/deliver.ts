import { ServiceError } from '../../service-model.ts';
import type { Hub } from '../../service-model.ts';
import type { World } from '../../world.ts';

/** How long and how often a delivery is tried. */
export interface RetryPolicy {
  readonly maxAgeMs: number;
  readonly maxRetries: number;
  /** Wait before the next try, given how many tries failed. */
  readonly backoffMs: (failures: number) => number;
}

/** One thing on its way to a target. */
export interface Delivery {
  readonly name: string;
  /** Where it leaves from: nothing leaves while this region is down. */
  readonly region: string;
  readonly send: () => void | Promise<void>;
  readonly retry: RetryPolicy;
  readonly giveUp: (failure: DeliveryFailure) => void;
}

/** Why a delivery was given up, in the words of EventBridge's dead-letter attributes. */
export interface DeliveryFailure {
  readonly code: string;
  readonly message: string;
  readonly retries: number;
  /** Undefined for failures that are not tried again. */
  readonly exhausted: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined;
}

/** What EventBridge and Scheduler do by default: 24 hours and 185 retries. */
export const DEFAULT_MAX_AGE_SECONDS = 86_400;
export const DEFAULT_MAX_RETRIES = 185;

/** From accepted to sent; AWS publishes a p50 well below a second. */
const DELIVERY_LATENCY_MS = 200;
/** With a cap of ten minutes 185 retries fill the 24 hours that AWS documents. */
const BACKOFF_MAX_MS = 600_000;

/** Codes that a retry cannot help: straight to the dead letters, as AWS documents. */
const permanent = new Set([
  'NO_PERMISSIONS',
  'NO_RESOURCE',
  'INVALID_PARAMETER',
  'THIRD_ACCOUNT_HOP_DETECTED',
  'THIRD_REGION_HOP_DETECTED',
]);

/** Exponential with jitter, from about a second on. */
export function exponentialBackoff(world: World): (failures: number) => number {
  return (failures) => {
    const fullMs = Math.min(BACKOFF_MAX_MS, 1_000 * 2 ** Math.min(failures, 20));
    return fullMs * (0.5 + world.random.next() / 2);
  };
}

/** Lambda's own retries of an asynchronous invocation: after one minute, then after two. */
export const asynchronousInvocation: RetryPolicy = {
  maxAgeMs: 6 * 3_600_000,
  maxRetries: 2,
  backoffMs: (failures) => failures * 60_000,
};

/** Sends until it succeeds, cannot succeed, or the policy ends it. */
export function deliver(world: World, hub: Hub, delivery: Delivery): void {
  const acceptedMs = world.nowMs();
  let failures = 0;
  let waits = 0;
  const isTooOld = (waitMs: number): boolean =>
    world.nowMs() + waitMs - acceptedMs > delivery.retry.maxAgeMs;

  const again = (failed: Failed): void => {
    const waitMs = delivery.retry.backoffMs(failures + waits);
    const { code, message } = failed;
    const retries = Math.max(0, failures - 1);
    if (permanent.has(code)) {
      delivery.giveUp({ code, message, retries, exhausted: undefined });
    } else if (failures > delivery.retry.maxRetries) {
      delivery.giveUp({ code, message, retries, exhausted: 'MaximumRetryAttempts' });
    } else if (isTooOld(waitMs)) {
      delivery.giveUp({ code, message, retries, exhausted: 'MaximumEventAgeInSeconds' });
    } else {
      world.after(waitMs, delivery.name, attempt);
    }
  };
  const attempt = async (): Promise<void> => {
    if (!hub.isUp(delivery.region)) {
      waits += 1;
      again({ code: 'INTERNAL_ERROR', message: `${delivery.region} is down` });
      return;
    }
    try {
      await delivery.send();
    } catch (error) {
      failures += 1;
      again(classify(error));
    }
  };
  world.after(DELIVERY_LATENCY_MS, delivery.name, attempt);
}

interface Failed {
  readonly code: string;
  readonly message: string;
}

/** EventBridge's name for what a target answered. */
function classify(error: unknown): Failed {
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof ServiceError ? error.code : '';
  if (permanent.has(name)) return { code: name, message };
  if (/AccessDenied|AuthorizationError/.test(name)) return { code: 'NO_PERMISSIONS', message };
  if (/NotFound|DoesNotExist|NonExistent|NoSuch/.test(name))
    return { code: 'NO_RESOURCE', message };
  if (/Throttl/.test(name)) return { code: 'THROTTLING', message };
  if (/Invalid.*Parameter/.test(name)) return { code: 'INVALID_PARAMETER', message };
  return { code: 'ERROR_FROM_TARGET', message };
}
