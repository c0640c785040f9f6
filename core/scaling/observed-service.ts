import type { FleetService } from '../contract/fleet.ts';
import type { ScalingPolicy } from '../contract/fleet-scaling.ts';
import type { LeaseHolder } from '../lease.ts';
import type { Alarm, AlarmState, ServiceState } from '../ports.ts';
import type { ScalingState } from './scaling-state.ts';

/** Why the loop looks at a service now. */
export interface ScalingEvent {
  readonly app: string;
  /** The short name of the service in the fleet file. */
  readonly service: string;
  readonly cause: 'alarm' | 'sweep' | 'recheck' | 'probe';
  /** What an alarm event said; only its silence is believed, the rest is read again. */
  readonly alarm?: {
    readonly name: string;
    readonly state: AlarmState;
    readonly atMs: number;
    readonly silencedBy?: string;
  };
}

/** One policy of a service and its alarm as it is now. */
export interface ObservedPolicy {
  readonly name: string;
  readonly policy: ScalingPolicy;
  readonly alarmName: string;
  readonly alarm: Alarm | undefined;
}

/** Everything a scaling decision rests on. */
export interface ObservedService {
  readonly region: string;
  readonly bounds: Pick<FleetService, 'min' | 'max'>;
  readonly policies: readonly ObservedPolicy[];
  /** Undefined when ECS has no such service. */
  readonly live: ServiceState | undefined;
  readonly state: ScalingState;
  readonly version: number | undefined;
  readonly leaseHolder: LeaseHolder;
  /** Until when a failover, under way or just over, forbids removing tasks; ms since the epoch. */
  readonly failoverHoldUntilMs: number;
}
