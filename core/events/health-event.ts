import * as z from 'zod/mini';
import { envelope, type EventOrigin, originOf, parseWith } from './event-envelope.ts';
import { timestamp } from './timestamp.ts';

/** AWS says that a service has an issue. It lags, so it corroborates and never triggers alone. */
export interface HealthEvent extends EventOrigin {
  readonly kind: 'health-event';
  readonly service: string;
  readonly code: string;
  readonly category: string;
  /** The impaired region, which is not always the one that delivered the event. */
  readonly eventRegion: string;
  readonly status: string;
  /** Backup copies and pages of one message share it. */
  readonly communicationId: string;
  readonly startedAtMs?: number;
  readonly text: string;
}

const schema = z.object({
  ...envelope,
  detail: z.object({
    service: z.string(),
    eventTypeCode: z.string(),
    eventTypeCategory: z.string(),
    communicationId: z._default(z.string(), ''),
    startTime: z.optional(timestamp),
    statusCode: z._default(z.string(), ''),
    eventRegion: z.optional(z.string()),
    eventDescription: z._default(
      z.array(z.object({ language: z.optional(z.string()), latestDescription: z.string() })),
      [],
    ),
  }),
});

export function parseHealthEvent(raw: unknown): HealthEvent {
  const event = parseWith('The AWS Health event', schema, raw);
  const { detail } = event;
  return {
    kind: 'health-event',
    ...originOf(event),
    service: detail.service,
    code: detail.eventTypeCode,
    category: detail.eventTypeCategory,
    eventRegion: detail.eventRegion ?? event.region,
    status: detail.statusCode,
    communicationId: detail.communicationId,
    ...(detail.startTime === undefined ? {} : { startedAtMs: detail.startTime }),
    text: detail.eventDescription[0]?.latestDescription ?? '',
  };
}
