import * as z from 'zod/mini';

/** The four loops, in the order a pushed image meets them. */
export const loopNames = ['replication', 'rollout', 'scaling', 'failover'] as const;
export type LoopName = (typeof loopNames)[number];

const text = z.string().check(z.minLength(1));
const url = z.string().check(z.startsWith('http'));

/** What every function is told. */
const commonEnv = {
  JOURNAL_TABLE: text,
  /** Regions that hold the journal, comma separated, the nearest first. */
  JOURNAL_REGIONS: text,
  BUS_NAME: text,
  TOPIC_ARN: text,
  ACCOUNT_ID: text,
  POWERTOOLS_SERVICE_NAME: text,
};

/** A loop's function also knows its own queue, to come back later, and its dead letters. */
const loopEnv = z.object({ ...commonEnv, QUEUE_URL: url, DEAD_LETTER_QUEUE_URL: url });

const probeEnv = z.object({
  ...commonEnv,
  QUEUE_URL: url,
  DEAD_LETTER_QUEUE_URL: url,
  FAILOVER_QUEUE_URL: url,
});

const sweepEnv = z.object({
  ...commonEnv,
  QUEUE_URL: url,
  DEAD_LETTER_QUEUE_URL: url,
  REPLICATION_QUEUE_URL: url,
  ROLLOUT_QUEUE_URL: url,
  SCALING_QUEUE_URL: url,
  FAILOVER_QUEUE_URL: url,
});

/**
 * Every deployed function: its entry file, the schema of its environment, its time and memory.
 * `lib` deploys what stands here and `lambdas` parses what stands here, so they cannot differ.
 */
export const functions = {
  'replicate-image': {
    entry: 'lambdas/replicate-image.ts',
    loop: 'replication',
    env: loopEnv,
    timeoutSeconds: 900,
    memoryMb: 1_024,
  },
  'roll-out-image': {
    entry: 'lambdas/roll-out-image.ts',
    loop: 'rollout',
    env: loopEnv,
    timeoutSeconds: 60,
    memoryMb: 512,
  },
  'scale-service': {
    entry: 'lambdas/scale-service.ts',
    loop: 'scaling',
    env: loopEnv,
    timeoutSeconds: 30,
    memoryMb: 512,
  },
  'fail-over-region': {
    entry: 'lambdas/fail-over-region.ts',
    loop: 'failover',
    env: loopEnv,
    timeoutSeconds: 60,
    memoryMb: 512,
  },
  'probe-regions': {
    entry: 'lambdas/probe-regions.ts',
    loop: undefined,
    env: probeEnv,
    timeoutSeconds: 30,
    memoryMb: 512,
  },
  sweep: {
    entry: 'lambdas/sweep.ts',
    loop: undefined,
    env: sweepEnv,
    timeoutSeconds: 60,
    memoryMb: 512,
  },
} as const;

export type FunctionName = keyof typeof functions;
export type FunctionEnv<Name extends FunctionName> = z.output<(typeof functions)[Name]['env']>;

/** SQS delivers a message this often before it counts as a dead letter. */
export const MAX_RECEIVES = 5;

/**
 * A queue hides a message this many times the function's timeout, as AWS advises. That long it
 * takes until a message comes again whose function died with it.
 */
export const VISIBILITY_TIMEOUTS = 6;

/**
 * A message that failed comes again after this, and each further time after twice as long, in s:
 * over 7.5 minutes in all it is a dead letter. Longer than a burst of throttles, and short enough
 * for a person who waits for it.
 */
export const RETRY_SECONDS = 30;

/** A minute of probing is six rounds: one at once and five delayed messages. */
export const PROBE_INTERVAL_SECONDS = 10;
export const PROBE_ROUNDS_PER_MINUTE = 6;
