import * as z from 'zod';
import { duration } from './duration.ts';
import { failoverSchema } from './fleet-failover.ts';
import { imageSchema, replicationSchema } from './fleet-image.ts';
import { freezeSchema, rolloutSchema } from './fleet-rollout.ts';
import { scalingSchema } from './fleet-scaling.ts';
import { trafficSchema } from './fleet-traffic.ts';

/** Names become parts of AWS names, which allow little more than this and end at 63 characters. */
const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,23}$/,
    'use 1-24 lower-case letters, digits and hyphens, a letter first',
  );

const regionName = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'write an AWS Region such as us-east-1');

const region = z
  .strictObject({
    role: z
      .enum(['workload', 'observer'])
      .describe('workload: runs your services. observer: only watches and votes.'),
  })
  .describe('One AWS Region of the fleet.');

const service = z
  .strictObject({
    cluster: z.string().min(1).describe('Name of your ECS cluster, the same in every region.'),
    service: z.string().min(1).describe('Name of your ECS service, the same in every region.'),
    container: z.string().min(1).describe('The container whose image Farshore replaces.'),
    min: z.int().min(0).default(1).describe('Smallest desired count scaling may set.'),
    max: z.int().min(1).default(10).describe('Largest desired count scaling or failover may set.'),
  })
  .describe('One ECS service, in each region of the application.');

const application = z
  .strictObject({
    mode: z
      .enum(['active-passive', 'active-active'])
      .default('active-passive')
      .describe('active-passive: one region serves. active-active: all do.'),
    regions: z
      .array(regionName)
      .min(1)
      .describe('Where it runs. Active-passive: the active region first, then the standby.'),
    home: regionName.describe('The region that images are pushed to.'),
    services: z.record(name, service).describe('Its ECS services, by a short name.'),
    image: imageSchema,
    replication: replicationSchema.prefault({}),
    rollout: rolloutSchema.prefault({}),
    scaling: z.record(name, scalingSchema).default({}).describe('Scaling policies, by name.'),
    traffic: trafficSchema.optional(),
    failover: failoverSchema.optional(),
    freeze: z.array(freezeSchema).default([]).describe('Windows in which no rollout starts.'),
  })
  .describe('What flips together.');

const notifications = z
  .strictObject({
    email: z.array(z.email()).default([]).describe('Addresses that receive every notice.'),
    subscriptions: z
      .array(
        z.strictObject({
          protocol: z.enum(['https', 'sqs', 'lambda', 'sms', 'email-json', 'firehose']),
          endpoint: z.string().min(1).describe('URL, ARN or number, as SNS takes it.'),
        }),
      )
      .default([])
      .describe('Any other SNS subscription.'),
  })
  .describe('Who is told.');

const coordination = z
  .strictObject({
    regions: z.array(regionName).length(3).optional(),
    witness: regionName.optional(),
  })
  .describe(
    'Where the journal lives. Default: all regions when there are three. Two regions name a ' +
      'witness; more than three name the three that hold it.',
  );

/** The fleet file, as written. Rules that span fields are in `fleet-rules.ts`. */
export const fleetSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    name: name.describe('Prefix of everything Farshore creates.'),
    regions: z.record(regionName, region),
    coordination: coordination.prefault({}),
    notifications: notifications.prefault({}),
    sweepEvery: duration.prefault('1m').describe('How often every key is looked at again.'),
    applications: z.record(name, application),
  })
  .describe('A Farshore fleet.');

/** A fleet after parsing: durations in milliseconds, every default filled in. */
export type Fleet = z.output<typeof fleetSchema>;
export type Application = Fleet['applications'][string];
export type FleetService = Application['services'][string];
