import * as z from 'zod';
import { duration } from './duration.ts';

const dataStep = z
  .union([
    z.strictObject({
      alarm: z
        .string()
        .min(1)
        .describe('An alarm in the target region that must be OK, for example on replica lag.'),
    }),
    z.strictObject({
      invoke: z
        .string()
        .min(1)
        .describe('A Lambda function of yours in the target region that promotes the data.'),
    }),
  ])
  .describe('What must hold for the data before traffic moves.');

export const failoverSchema = z
  .strictObject({
    automatic: z.boolean().default(false).describe('Flip without a person. Off by default.'),
    profile: z
      .enum(['stateless', 'stateful'])
      .default('stateless')
      .describe('Sets the default grace: 30s stateless, 2m stateful.'),
    grace: duration.optional().describe('How long the quorum must hold before a flip.'),
    mechanism: z.enum(['latch']).default('latch').describe('How traffic is moved.'),
    capacity: z.int().min(1).max(100).default(100).describe('Percent of the active tasks needed.'),
    capacityDeadline: duration.prefault('10m').describe('How long the standby may take to scale.'),
    data: z.array(dataStep).default([]),
    sloAlarm: z
      .string()
      .optional()
      .describe('An alarm of yours on what users feel; a third kind of evidence.'),
    cooldown: duration.prefault('30m').describe('After a flip; doubles with each recurrence.'),
    maxFlipsPerDay: z.int().min(1).max(24).default(2),
    control: z
      .array(z.url())
      .min(1)
      .default(['https://checkip.amazonaws.com/', 'https://aws.amazon.com/'])
      .describe('Places an observer must reach, or its vote is void.'),
  })
  .describe('When and how another region takes over.');

export type FailoverPolicy = z.output<typeof failoverSchema>;
