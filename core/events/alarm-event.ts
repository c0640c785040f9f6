import * as z from 'zod/mini';
import type { AlarmState } from '../ports.ts';
import { envelope, type EventOrigin, originOf, parseWith } from './event-envelope.ts';
import { timestamp } from './timestamp.ts';

/**
 * An alarm said something. `ALARM` to `ALARM` happens when a suppression ends; muted and
 * suppressed alarms still send events, so `silencedBy` must be honoured by the reader.
 */
export interface AlarmChanged extends EventOrigin {
  readonly kind: 'alarm-changed';
  readonly alarmName: string;
  readonly alarmArn: string;
  readonly state: AlarmMoment;
  readonly previous?: AlarmMoment;
  /** What keeps the alarm's actions silent: a suppressor (composite alarms) or a mute rule. */
  readonly silencedBy?: string;
  /** Composite alarms have no metric, no threshold and no datapoints. */
  readonly isComposite: boolean;
  readonly threshold?: number;
  /** As CloudWatch evaluated them, oldest first; missing ones are left out. */
  readonly datapoints: readonly number[];
}

interface AlarmMoment {
  readonly value: AlarmState;
  readonly atMs: number;
  readonly reason: string;
}

const state = z.object({
  value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  timestamp,
  reason: z._default(z.string(), ''),
  reasonData: z.optional(z.string()),
  actionsSuppressedBy: z.optional(z.string()),
});

const alarmData = z.object({
  alarmName: z.string(),
  state,
  previousState: z.optional(state),
  configuration: z.optional(
    z.object({
      alarmRule: z.optional(z.string()),
      metrics: z.optional(z.array(z.unknown())),
    }),
  ),
  muteDetail: z.optional(z.object({ mutedByArn: z.optional(z.string()) })),
});

const stateChangeSchema = z.object({ ...envelope, detail: alarmData });

const directSchema = z.object({
  source: z.literal('aws.cloudwatch'),
  alarmArn: z.string(),
  time: timestamp,
  region: z.string(),
  alarmData,
});

/** `CloudWatch Alarm State Change` from EventBridge, at least once and in any order. */
export function parseAlarmEvent(raw: unknown): AlarmChanged {
  const event = parseWith('The CloudWatch alarm event', stateChangeSchema, raw);
  return alarmChanged(originOf(event), event.resources[0] ?? '', event.detail);
}

/** The form in which CloudWatch invokes a function directly as an alarm action. */
export function parseDirectAlarmAction(raw: unknown): AlarmChanged {
  const event = parseWith('The CloudWatch alarm action', directSchema, raw);
  const id = `${event.alarmArn}@${event.alarmData.state.timestamp}`;
  const origin = { id, region: event.region, atMs: event.time };
  return alarmChanged(origin, event.alarmArn, event.alarmData);
}

function alarmChanged(
  origin: EventOrigin,
  alarmArn: string,
  detail: z.output<typeof alarmData>,
): AlarmChanged {
  const { previousState: previous, muteDetail } = detail;
  const silencedBy =
    detail.state.actionsSuppressedBy ??
    (muteDetail === undefined ? undefined : (muteDetail.mutedByArn ?? 'a mute rule'));
  const { threshold, datapoints } = evaluationOf(detail.state.reasonData);
  return {
    kind: 'alarm-changed',
    ...origin,
    alarmName: detail.alarmName,
    alarmArn,
    state: momentOf(detail.state),
    ...(previous === undefined ? {} : { previous: momentOf(previous) }),
    ...(silencedBy === undefined ? {} : { silencedBy }),
    isComposite: detail.configuration?.alarmRule !== undefined,
    ...(threshold === undefined ? {} : { threshold }),
    datapoints,
  };
}

function momentOf(found: z.output<typeof state>): AlarmMoment {
  return { value: found.value, atMs: found.timestamp, reason: found.reason };
}

const reasonDataSchema = z.object({
  threshold: z.optional(z.number()),
  recentDatapoints: z.optional(z.array(z.nullable(z.number()))),
});

/**
 * `reasonData` is JSON in a string, of a form that differs by alarm type. It only annotates: what
 * it does not say, the loop reads from the alarm itself.
 */
function evaluationOf(reasonData: string | undefined): {
  threshold: number | undefined;
  datapoints: readonly number[];
} {
  const parsed = reasonDataSchema.safeParse(jsonOf(reasonData ?? '{}'));
  const { threshold, recentDatapoints } = parsed.success ? parsed.data : {};
  return { threshold, datapoints: (recentDatapoints ?? []).filter((value) => value !== null) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}
