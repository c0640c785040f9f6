import type { ImageUse } from '../core/image-use.ts';
import type { NativeReplication } from '../core/native-replication.ts';
import type { Alarms, Events, Hooks, Images, Latch, Probes, Services } from '../core/ports.ts';
import type { Repositories } from '../core/repositories.ts';
import type { AwsSetting } from './aws-setting.ts';
import {
  cloudWatchClients,
  ecrClients,
  ecsClients,
  elbClients,
  eventBridgeClients,
  lambdaClients,
  s3Clients,
} from './clients.ts';
import { CloudWatchAlarms } from './cloudwatch-alarms.ts';
import { EcrPressure } from './ecr-pressure.ts';
import { EcrNativeReplication } from './ecr-native-replication.ts';
import { ecrImages } from './ecr-registry.ts';
import { EcrRepositories } from './ecr-repositories.ts';
import { EcsImageUse } from './ecs-image-use.ts';
import { EcsServices } from './ecs-services.ts';
import { EventBridgeEvents } from './eventbridge-events.ts';
import { HttpProbes } from './http-probes.ts';
import { LambdaHooks } from './lambda-hooks.ts';
import { S3Latch } from './s3-latch.ts';
import { systemClock } from './system-clock.ts';

/**
 * One adapter for each port beyond the control ports. A function names those that its work asks
 * for, and its bundle holds no other: each costs an SDK client of 30 to 150 kB.
 */
export function alarms({ clients, clock = systemClock }: AwsSetting): Alarms {
  return new CloudWatchAlarms(cloudWatchClients(clients), clock);
}

export function events({ clients, region, busName }: AwsSetting): Events {
  return new EventBridgeEvents(eventBridgeClients(clients)(region), busName);
}

export function hooks({ clients }: AwsSetting): Hooks {
  return new LambdaHooks(lambdaClients(clients));
}

export function images({ clients, fetch = globalThis.fetch }: AwsSetting): Images {
  const pressure = new EcrPressure();
  return ecrImages(ecrClients({ ...clients, paceWatcher: pressure }), fetch, pressure);
}

export function imageUse({ clients }: AwsSetting): ImageUse {
  return new EcsImageUse(ecsClients(clients));
}

export function latch({ clients, fleet, accountId }: AwsSetting): Latch {
  return new S3Latch({ client: s3Clients(clients), fleet, accountId });
}

export function nativeReplication({ clients }: AwsSetting): NativeReplication {
  return new EcrNativeReplication(ecrClients(clients));
}

export function probes({ ask, resolver }: AwsSetting): Probes {
  return new HttpProbes(ask, resolver);
}

export function repositories({ clients }: AwsSetting): Repositories {
  return new EcrRepositories(ecrClients(clients));
}

export function services({ clients }: AwsSetting): Services {
  return new EcsServices({ ecs: ecsClients(clients), elb: elbClients(clients) });
}
