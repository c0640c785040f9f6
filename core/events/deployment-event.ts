import * as z from 'zod/mini';
import { TerminalError } from '../errors.ts';
import { envelope, type EventOrigin, originOf, parseWith } from './event-envelope.ts';

/**
 * A deployment of an ECS service made progress. It names no task definition, and a rollback ends
 * with COMPLETED too, so it says only which service to look at.
 */
export interface DeploymentChanged extends EventOrigin {
  readonly kind: 'deployment-changed';
  readonly cluster: string;
  readonly service: string;
  readonly deploymentId: string;
  readonly progress: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'OTHER';
  readonly reason: string;
}

const schema = z.object({
  ...envelope,
  detail: z.object({
    eventName: z.string(),
    deploymentId: z.string(),
    reason: z._default(z.string(), ''),
  }),
});

const progress = {
  SERVICE_DEPLOYMENT_IN_PROGRESS: 'IN_PROGRESS',
  SERVICE_DEPLOYMENT_COMPLETED: 'COMPLETED',
  SERVICE_DEPLOYMENT_FAILED: 'FAILED',
} as const;

export function parseDeploymentEvent(raw: unknown): DeploymentChanged {
  const what = 'The ECS deployment event';
  const event = parseWith(what, schema, raw);
  const arn = /:service\/([^/]+)\/([^/]+)$/.exec(event.resources[0] ?? '');
  const [, cluster, service] = arn ?? [];
  if (cluster === undefined || service === undefined) {
    throw new TerminalError(
      `${what} is malformed at resources.0: expected the long ARN of a service, ` +
        `arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/SERVICE, found ` +
        JSON.stringify(event.resources),
    );
  }
  const { eventName, deploymentId, reason } = event.detail;
  return {
    kind: 'deployment-changed',
    ...originOf(event),
    cluster,
    service,
    deploymentId,
    progress: eventName in progress ? progress[eventName as keyof typeof progress] : 'OTHER',
    reason,
  };
}
