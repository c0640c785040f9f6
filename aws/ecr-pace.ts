import { setTimeout } from 'node:timers/promises';
import type { MiddlewareStack } from '@smithy/types';
import { isThrottled } from './errors.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * What ECR takes a second, for each account and region, unless the quota was raised
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html). PutImage is what limits a
 * backfill: an index of two platforms with two attestations is five of them.
 */
const perSecond: Readonly<Record<string, number>> = {
  BatchCheckLayerAvailability: 1_000,
  BatchGetImage: 2_000,
  CompleteLayerUpload: 100,
  GetDownloadUrlForLayer: 3_000,
  InitiateLayerUpload: 100,
  PutImage: 10,
  UploadLayerPart: 500,
};

/** The rest is left to pushes, and to the user's own tools. */
const SHARE = 0.8;

/** Time, handed over by tests. */
interface PaceMeans {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Is told what the pace and the quotas of a region cost. */
export interface PaceWatcher {
  throttled(region: string): void;
  paced(region: string, ms: number): void;
}

const realMeans: PaceMeans = {
  nowMs: () => performance.now(),
  sleep: (ms) => setTimeout(ms),
};

/**
 * Keeps all calls of one region's client below the quotas, and tells what that costs. It counts
 * attempts, also those of the SDK's retries, and only what really leaves the process.
 */
export function ecrPace(region: string, watcher?: PaceWatcher, means: PaceMeans = realMeans) {
  const { nowMs, sleep } = means;
  const buckets = new Map<string, TokenBucket>();
  return {
    applyToStack: <Input extends object, Output extends object>(
      stack: MiddlewareStack<Input, Output>,
    ): void => {
      stack.add(
        (next, context) => async (args) => {
          const call = String(context.commandName).replace(/Command$/, '');
          const quota = perSecond[call];
          if (quota !== undefined) {
            const bucket = buckets.get(call) ?? new TokenBucket(quota * SHARE, nowMs());
            buckets.set(call, bucket);
            const waitMs = bucket.takeAfterMs(nowMs());
            if (waitMs > 0) {
              watcher?.paced(region, waitMs);
              await sleep(waitMs);
            }
          }
          try {
            return await next(args);
          } catch (error) {
            if (isThrottled(error)) watcher?.throttled(region);
            throw error;
          }
        },
        // After the retries, so that each of them counts; before the request is signed.
        { step: 'finalizeRequest', priority: 'low', name: 'ecrPace' },
      );
    },
  };
}
