import * as z from 'zod';
import { duration } from '../core/contract/duration.ts';

const count = z.int().min(0);
const amount = {
  is: count.optional().describe('Exactly so many.'),
  min: count.optional().describe('At least so many.'),
  max: count.optional().describe('At most so many.'),
};
const app = z.string().min(1).describe('An application of the fleet.');
const region = z.string().min(1).describe('A region of the fleet.');
const tasks = z
  .strictObject({ app, region, service: z.string().min(1).optional(), ...amount })
  .describe('Tasks of a service; the first of the application when none is named.');

/** What is expected, and when. */
export const expectationSchema = z
  .strictObject({
    within: duration.optional().describe('Becomes true before this time is over.'),
    at: duration.optional().describe('Is true at this time.'),
    always: z.literal(true).optional().describe('Is true all the time.'),
    never: z.literal(true).optional().describe('Is true at no time.'),
    atEnd: z.literal(true).optional().describe('Is true at the end.'),
    after: duration.optional().describe('Time since the beginning from which it counts.'),
    until: duration.optional().describe('Time since the beginning up to which it counts.'),
    answer: z
      .strictObject({
        app,
        is: region.describe('The region that the DNS answer leads to.'),
        resolver: region.optional().describe('Where the client asks; outside of AWS by default.'),
        cached: z
          .boolean()
          .default(true)
          .describe('Through a resolver that keeps answers for their TTL, as clients do.'),
      })
      .optional(),
    active: z.strictObject({ app, is: region }).optional().describe('The region that serves.'),
    epoch: z
      .strictObject({ app, ...amount })
      .optional()
      .describe('How often traffic moved.'),
    desired: tasks.optional(),
    running: tasks.optional(),
    healthy: tasks.optional(),
    digest: z
      .strictObject({ app, region, tag: z.string().min(1) })
      .optional()
      .describe('Every running task of the region runs the image that was pushed with this tag.'),
    image: z
      .strictObject({ app, region, tag: z.string().min(1), isThere: z.boolean().default(true) })
      .optional()
      .describe('Whether the registry of a region shows the tag.'),
    decision: z
      .strictObject({
        app: app.optional(),
        loop: z.enum(['replication', 'rollout', 'scaling', 'failover']).optional(),
        action: z.string().min(1).optional(),
        reason: z.string().min(1).optional().describe('Code of the reason, such as QUORUM.'),
        region: region.optional().describe('The region that decided.'),
        ...amount,
      })
      .optional()
      .describe('Decisions in the journal; at least one when no figure stands here.'),
    notice: z
      .strictObject({ kind: z.string().min(1), app: app.optional(), ...amount })
      .optional()
      .describe('Notices sent; at least one when no figure stands here.'),
    calls: z
      .strictObject({
        service: z.string().min(1),
        operation: z.string().min(1).optional(),
        region: region.optional(),
        ...amount,
      })
      .optional()
      .describe('Calls of Farshore that succeeded; at least one when no figure stands here.'),
    invariants: z
      .literal('hold')
      .optional()
      .describe('All that must hold whatever fails; see the list in docs/rehearsals.md.'),
    everything: z
      .enum(['at-rest', 'as-well-as-can-be'])
      .optional()
      .describe(
        'Traffic, rollouts, images and notices are as the journal says; with a region gone for ' +
          'good, as well as they can be, and people know the rest.',
      ),
    deadLetters: z
      .strictObject({ region: region.optional(), ...amount })
      .optional()
      .describe('Messages in dead-letter queues.'),
  })
  .describe('One expectation: a time and one thing that holds.');

/** When something is expected. */
export const moments = ['within', 'at', 'always', 'never', 'atEnd'] as const;

/** What can be expected. */
export const subjects = [
  'answer',
  'active',
  'epoch',
  'desired',
  'running',
  'healthy',
  'digest',
  'image',
  'decision',
  'notice',
  'calls',
  'invariants',
  'everything',
  'deadLetters',
] as const;

export type Expectation = z.output<typeof expectationSchema>;
