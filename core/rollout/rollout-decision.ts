import type { Decision, Reason } from '../decision.ts';
import type { RolloutEvent } from './rollout-event.ts';
import type { QueuedImage, Rollout, RolloutImage } from './rollout-state.ts';

/** One step of a rollout. */
export type RolloutDecision = Decision &
  (
    | { readonly action: 'none' }
    | {
        readonly action: 'start';
        readonly image: RolloutImage;
        readonly regions: readonly string[];
        readonly requestId?: string;
      }
    | {
        readonly action: 'deploy' | 'bake' | 'advance';
        readonly region: string;
        readonly rollout: Told;
      }
    | {
        readonly action: 'complete' | 'supersede' | 'hold' | 'resume';
        readonly rollout: Told;
      }
    | {
        readonly action: 'roll-back' | 'restore' | 'finish-rollback';
        readonly rollout: Told;
        readonly requestId?: string;
      }
    | { readonly action: 'halt'; readonly rollout: Told }
    | { readonly action: 'queue' | 'block'; readonly image: QueuedImage }
  );

/** What a notice says of a rollout. */
export interface Told extends RolloutImage {
  readonly id: string;
  readonly regions: readonly string[];
  readonly startedAtMs: number;
  readonly failure?: Reason;
  /** Tag of the image that a rollback returns to, when Farshore rolled it out. */
  readonly before?: string;
}

/** Rollouts of one application never overlap, so all decisions share one subject. */
const SUBJECT = 'rollout';

/** How soon a rollout under way is looked at again, in ms. */
export const LOOK_AGAIN_MS = 15_000;

/** The fields that every decision about one application shares. */
export function base({ app }: RolloutEvent): { readonly app: string; readonly subject: string } {
  return { app, subject: SUBJECT };
}

/** Nothing to do now, and why; with a time when it is worth another look. */
export function none(
  event: RolloutEvent,
  code: string,
  text: string,
  recheckAtMs?: number,
): RolloutDecision {
  const again = recheckAtMs === undefined ? {} : { recheckAtMs };
  return { ...base(event), action: 'none', reason: { code, text }, ...again };
}

/** Starts a rollback for a reason. */
export function rollBack(
  event: RolloutEvent,
  { current, nowMs, reason }: { current: Rollout; nowMs: number; reason: Reason },
): RolloutDecision {
  return {
    ...base(event),
    action: 'roll-back',
    reason,
    rollout: { ...toldOf(current), failure: reason },
    recheckAtMs: nowMs + LOOK_AGAIN_MS,
    ...(event.request === undefined ? {} : { requestId: event.request.id }),
  };
}

/** What a notice will say of a rollout. */
export function toldOf(rollout: Rollout): Told {
  const { id, digest, tag, startedAtMs, failure, before } = rollout;
  return {
    id,
    digest,
    tag,
    startedAtMs,
    regions: rollout.waves.map(({ region }) => region),
    ...(failure === undefined ? {} : { failure }),
    ...(before === undefined ? {} : { before: before.tag }),
  };
}
