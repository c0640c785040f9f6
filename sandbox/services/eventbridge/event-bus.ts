import type { Target } from '@aws-sdk/client-eventbridge';
import type { EventMatcher } from './event-pattern.ts';

/** The envelope around every event, as targets receive it. */
export interface EventEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 in whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** A target as `PutTargets` gave it. */
export type RuleTarget = Readonly<Target> & { readonly Id: string; readonly Arn: string };

/** A rule and whom it tells. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  description: string | undefined;
  isEnabled: boolean;
  eventPattern: string;
  matches: EventMatcher;
  roleArn: string | undefined;
  readonly targets: Map<string, RuleTarget>;
}

/** A bus of one region. */
export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly createdMs: number;
  policy: string | undefined;
  readonly rules: Map<string, Rule>;
}

/** What travels with an event besides the event: which hops between buses it took. */
export interface Hops {
  readonly local: boolean;
  readonly regional: boolean;
}

/** ISO 8601 in whole seconds, as `time` of an event. */
export function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The name in `arn:aws:events:region:account:event-bus/name`, or the name itself. */
export function busNameOf(nameOrArn: string | undefined): string {
  return nameOrArn?.split('event-bus/').at(-1) ?? 'default';
}
