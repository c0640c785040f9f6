import type { Application } from '../contract/fleet.ts';
import type { Decision } from '../decision.ts';
import type { Lease } from '../lease.ts';
import type { AlarmState, LatchState } from '../ports.ts';
import type { Evidence } from './evidence.ts';
import type { FailoverState, MoveMode, Remembered, Timeline } from './failover-state.ts';
import type { FailoverRequest } from './operator-request.ts';

/** Why the loop looks at an application now. */
export interface FailoverEvent {
  readonly app: string;
  readonly cause: 'alarm' | 'sweep' | 'recheck' | 'probe' | 'operator';
  readonly request?: FailoverRequest;
}

/** Everything a failover decision rests on. */
export interface ObservedFailover {
  /** The region this runs in. */
  readonly region: string;
  readonly application: Application;
  readonly state: FailoverState;
  readonly version: number | undefined;
  /** Every region of the fleet observes. */
  readonly observers: readonly string[];
  readonly evidence: readonly Evidence[];
  /** What this region runs, while it is the active one and all is well. */
  readonly own?: Remembered;
  /** The region that takes over; read once a move is in question. */
  readonly target?: ObservedTarget;
  readonly lease?: Lease;
}

export interface ObservedTarget {
  readonly region: string;
  readonly services: Readonly<Record<string, TargetService | undefined>>;
  readonly alarms: Readonly<Record<string, AlarmState | undefined>>;
  /** Read once traffic should have moved. */
  readonly traffic?: { readonly isProbeOk: boolean; readonly isAnswered: boolean };
}

export interface TargetService {
  readonly desired: number;
  readonly healthy: number;
  readonly image: string;
  /** Whether a new task could pull its image without any other region. */
  readonly canPull: boolean;
}

/** What failover does about the traffic of one application. */
export interface FailoverDecision extends Decision {
  readonly action: FailoverAction;
  readonly region: string;
  readonly epoch: number;
  readonly from: string;
  readonly to: string;
  readonly mode?: MoveMode;
  readonly actor?: string;
  readonly cause?: string;
  readonly timeline?: Timeline;
  /** Whether traffic comes home to the first region of the fleet file. */
  readonly isBack?: boolean;
  readonly request?: FailoverRequest;
  readonly effect?: FailoverEffect;
  /** What the journal holds once the decision is carried out. */
  readonly next?: FailoverState;
}

/** The words of this loop; the steps of a move are `start` to `finish`, in that order. */
export type FailoverAction =
  | 'none'
  | 'remember'
  | 'detect'
  | 'calm'
  | 'refuse'
  | 'hold'
  | 'release'
  | 'start'
  | 'renew'
  | 'scale'
  | 'admit'
  | 'prepare-data'
  | 'switch-traffic'
  | 'finish'
  | 'cancel'
  | 'sync-latch';

/** What is done outside the journal; each may be repeated. */
type FailoverEffect =
  | { readonly kind: 'scale'; readonly counts: Readonly<Record<string, number>> }
  | { readonly kind: 'invoke'; readonly functionName: string; readonly input: object }
  | {
      readonly kind: 'latch';
      readonly latch: LatchState;
      /** The latch lies in the region that failed; DNS leaves that region without it. */
      readonly mayFail: boolean;
    };
