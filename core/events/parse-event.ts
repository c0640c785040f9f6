import { ownEvents } from '../contract/event-patterns.ts';
import type { Wake } from '../ports.ts';
import { type AlarmChanged, parseAlarmEvent, parseDirectAlarmAction } from './alarm-event.ts';
import { type DeploymentChanged, parseDeploymentEvent } from './deployment-event.ts';
import { type HealthEvent, parseHealthEvent } from './health-event.ts';
import { type ImagePushed, parseImageAction } from './image-action-event.ts';
import { type ImageReplicated, parseImageReplicated } from './image-replicated-event.ts';
import { type OperatorRequested, parseOperatorRequest } from './operator-request-event.ts';
import {
  type ImageReplicatedNatively,
  parseReplicationAction,
} from './replication-action-event.ts';
import { parseWake } from './wake-event.ts';

/** Everything that can wake a loop. */
export type FarshoreEvent =
  | ImagePushed
  | ImageReplicatedNatively
  | DeploymentChanged
  | AlarmChanged
  | HealthEvent
  | ImageReplicated
  | OperatorRequested
  | Wake;

type Parser = (raw: unknown) => FarshoreEvent | undefined;

const parsers = new Map<string, Parser>([
  [keyOf('aws.ecr', 'ECR Image Action'), parseImageAction],
  [keyOf('aws.ecr', 'ECR Referrer Action'), parseImageAction],
  [keyOf('aws.ecr', 'ECR Replication Action'), parseReplicationAction],
  [keyOf('aws.ecs', 'ECS Deployment State Change'), parseDeploymentEvent],
  [keyOf('aws.cloudwatch', 'CloudWatch Alarm State Change'), parseAlarmEvent],
  [keyOf('aws.health', 'AWS Health Event'), parseHealthEvent],
  [keyOf(ownEvents.source, ownEvents.imageReplicated), parseImageReplicated],
  [keyOf(ownEvents.source, ownEvents.operatorRequest), parseOperatorRequest],
]);

/**
 * Turns a queue message into an event. `undefined` for a kind we do not know, so that a rule that
 * matches too much harms nothing; `TerminalError` for a malformed one of a kind we do.
 */
export function parseEvent(raw: unknown): FarshoreEvent | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  if ('kind' in raw) return raw.kind === 'wake' ? parseWake(raw) : undefined;
  if ('alarmData' in raw) return parseDirectAlarmAction(raw);
  if (!('source' in raw) || !('detail-type' in raw)) return undefined;
  return parsers.get(keyOf(raw.source, raw['detail-type']))?.(raw);
}

function keyOf(source: unknown, detailType: unknown): string {
  return JSON.stringify([source, detailType]);
}
