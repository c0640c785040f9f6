import * as z from 'zod';
import { duration } from './duration.ts';

const metric = z
  .strictObject({
    namespace: z.string().default('AWS/ECS'),
    name: z.string().min(1).describe('For example CPUUtilization.'),
    statistic: z.enum(['Average', 'Minimum', 'Maximum', 'Sum']).default('Average'),
    dimensions: z
      .record(z.string(), z.string())
      .optional()
      .describe('Default: ClusterName and ServiceName of the service.'),
    period: duration.prefault('1m').describe('10s, 20s, 30s or whole minutes.'),
    evaluate: z
      .strictObject({ datapoints: z.int().min(1).default(2), of: z.int().min(1).default(2) })
      .prefault({})
      .describe('M of N datapoints must breach.'),
    comparison: z.enum(['above', 'at-or-above', 'below', 'at-or-below']),
    threshold: z.number(),
  })
  .describe('The alarm that Farshore creates for this policy in each region.');

const step = z
  .strictObject({
    from: z.number().optional().describe('Lower bound, relative to the threshold; open if absent.'),
    to: z.number().optional().describe('Upper bound, relative to the threshold; open if absent.'),
    by: z.number().describe('Tasks, percent or exact count, by the adjustment.'),
  })
  .describe('What to do for one band of the breach. Bounds as in AWS step scaling.');

export const scalingSchema = z
  .strictObject({
    service: z.string().describe('Which service of the application.'),
    metric: metric.optional(),
    alarm: z.string().optional().describe('Name of an alarm of yours, instead of `metric`.'),
    adjustment: z.enum(['change', 'percent', 'exact']).default('change'),
    steps: z.array(step).min(1).max(20),
    minMagnitude: z.int().min(1).optional().describe('Smallest change of a percent step.'),
    cooldown: duration.prefault('5m'),
  })
  .describe('A step scaling policy.');

export type ScalingPolicy = z.output<typeof scalingSchema>;
export type ScalingStep = ScalingPolicy['steps'][number];
