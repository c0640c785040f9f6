import * as z from 'zod';
import { duration } from './duration.ts';

export const rolloutSchema = z
  .strictObject({
    automatic: z.boolean().default(true).describe('Roll out by itself when an image arrived.'),
    bake: duration.prefault('2m').describe('How long a region must stay steady before the next.'),
    deadline: duration.prefault('15m').describe('How long one region may take to become steady.'),
  })
  .describe('How a new image reaches the services, region by region.');

export const freezeSchema = z
  .strictObject({
    from: z.iso.datetime({ offset: true }).describe('Start, as 2026-12-20T00:00:00Z.'),
    to: z.iso.datetime({ offset: true }).describe('End.'),
    reason: z.string().min(1).describe('Why; shown when a rollout waits.'),
  })
  .describe('A window in which no rollout starts. Rollback is never blocked.');
