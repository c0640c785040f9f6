import * as z from 'zod';
import { duration } from '../core/contract/duration.ts';
import type { FaultSpec } from '../sandbox/faults.ts';
import { liveFaults } from '../sandbox/parse-fault.ts';

const app = z.string().min(1).describe('An application of the fleet.');
const region = z.string().min(1).describe('A region of the fleet.');
const service = z
  .string()
  .min(1)
  .optional()
  .describe("A service by its short name; the application's first when left out.");

/** Everything that can be broken on purpose. */
export const faultKinds = [
  ...liveFaults,
  'function-kill',
  'function-freeze',
  'clock-skew',
] as const satisfies readonly FaultSpec['kind'][];

const fault = z
  .strictObject({
    kind: z.enum(faultKinds),
    region: z.string().min(1).describe('Where; for a cut link one end of it, or `internet`.'),
    to: z.string().min(1).optional().describe('The other end of a cut link, or `internet`.'),
    oneWay: z.boolean().optional().describe('Only from `region` to `to`.'),
    service: z.string().min(1).optional().describe('An AWS service, such as ecs or dynamodb.'),
    operation: z.string().min(1).optional().describe('An API operation, such as UpdateService.'),
    function: z.string().min(1).optional().describe('A function, such as fail-over-region.'),
    source: z.string().min(1).optional().describe('Source of events, such as aws.ecr.'),
    namespace: z.string().min(1).optional().describe('Namespace of metrics, such as AWS/ECS.'),
    rate: z.number().gt(0).max(1).optional().describe('Share that is hit, chosen by the seed.'),
    delay: duration.optional().describe('How much later, or how long a function is frozen.'),
    ahead: duration.optional().describe('How far a clock is ahead.'),
    behind: duration.optional().describe('How far a clock is behind.'),
    for: duration.optional().describe('Heals by itself after this time.'),
    name: z.string().min(1).optional().describe('What a later `heal` calls it.'),
  })
  .describe('Something that breaks.');

const push = z
  .strictObject({
    app,
    tag: z.string().min(1),
    crashes: z.boolean().default(false).describe('Its tasks exit soon after they start.'),
    content: z.string().min(1).optional().describe('Two pushes with one text are one image.'),
    region: region.optional().describe('Where it is pushed; the home region when left out.'),
  })
  .describe('An image is pushed.');

const deletePush = z
  .strictObject({ app, region, tag: z.string().min(1) })
  .describe('Somebody deletes an image from one region.');

const load = z
  .strictObject({
    app,
    region,
    cpu: z.number().min(0).max(100).optional().describe('CPU of each task, in percent.'),
    rps: z.number().min(0).optional().describe('Requests a second over all tasks.'),
  })
  .describe('Load on the services of an application; without a figure it ends.');

const metric = z
  .strictObject({
    region,
    alarm: z.string().min(1).describe('An alarm of yours that the fleet file names.'),
    isBad: z.boolean().describe('Whether its metric is above the threshold from now on.'),
  })
  .describe('The metric behind one of your alarms.');

const setDesired = z
  .strictObject({ app, region, service, count: z.int().min(0) })
  .describe('Somebody changes a desired count by hand.');

const event = z
  .strictObject({
    region,
    source: z.string().min(1),
    detailType: z.string().min(1),
    resources: z.array(z.string()).default([]),
    detail: z.record(z.string(), z.unknown()),
    times: z.int().min(1).max(10).default(1).describe('How often it comes, each with its own id.'),
  })
  .describe('A raw event on the default bus of a region.');

const fleet = z
  .strictObject({
    patch: z.record(z.string(), z.unknown()).describe('What is different; null removes a key.'),
  })
  .describe('The fleet file changes and is deployed: functions read it from here on.');

/** What happens in a scenario, and when. */
export const stepSchema = z
  .strictObject({
    at: duration.describe('Time since the beginning.'),
    push: push.optional(),
    deletePush: deletePush.optional(),
    load: load.optional(),
    metric: metric.optional(),
    setDesired: setDesired.optional(),
    fault: fault.optional(),
    heal: z.string().min(1).optional().describe('Name of a fault, or `all`.'),
    command: z.string().min(1).optional().describe('An operator command, as typed.'),
    event: event.optional(),
    fleet: fleet.optional(),
  })
  .describe('One step: a time and one thing that happens.');

/** The names of what may happen. */
export const stepKinds = [
  'push',
  'deletePush',
  'load',
  'metric',
  'setDesired',
  'fault',
  'heal',
  'command',
  'event',
  'fleet',
] as const;

export type Step = z.output<typeof stepSchema>;
export type FaultStep = z.output<typeof fault>;
