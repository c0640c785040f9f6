import * as z from 'zod';
import { duration } from './duration.ts';

const endpoint = z
  .strictObject({
    loadBalancer: z.string().min(1).describe('DNS name of the load balancer, for the alias.'),
    zoneId: z.string().min(1).describe('Canonical hosted zone id of the load balancer.'),
    host: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Name that health checks and probes ask; for https one that a certificate there covers. ' +
          "Default: the load balancer's own.",
      ),
  })
  .transform((written) => ({ ...written, host: written.host ?? written.loadBalancer }))
  .describe("One region's way in.");

export const trafficSchema = z
  .strictObject({
    record: z.string().min(3).describe('The name users ask for, such as shop.example.com.'),
    zone: z.strictObject({
      id: z.string().regex(/^Z[A-Z0-9]+$/, 'write the hosted zone id, such as Z0123456789ABC'),
      name: z.string().min(3),
    }),
    policy: z
      .enum(['failover', 'weighted', 'latency'])
      .default('failover')
      .describe('failover for active-passive; one of the others for active-active.'),
    endpoints: z.record(z.string(), endpoint).describe('One endpoint for each region.'),
    check: z
      .strictObject({
        protocol: z.enum(['https', 'http']).default('https'),
        port: z.int().min(1).max(65_535).default(443),
        path: z.string().startsWith('/').default('/healthz'),
        interval: duration.prefault('10s').describe('10s or 30s, as Route 53 allows.'),
        failures: z.int().min(1).max(10).default(3),
      })
      .prefault({})
      .describe('The Route 53 health check of each endpoint, and the path of our own probes.'),
  })
  .describe('How users reach the application.');
