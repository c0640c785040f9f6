import type { Fleet } from './fleet.ts';
import { names } from './names.ts';
import { nativeApplications } from './replication-engine.ts';

/** An EventBridge event pattern, as `AWS::Events::Rule` takes it. */
export type EventPattern = Readonly<Record<string, unknown>>;

/** Source and detail types of Farshore's own events, on its own bus. */
export const ownEvents = {
  source: 'farshore',
  /** All regions of the application hold an image: what a rollout waits for. */
  imageReplicated: 'Image Replicated',
  /** One region holds it: told for each of them, for whoever listens. */
  imageArrived: 'Image Arrived',
  operatorRequest: 'Operator Request',
} as const;

/** Pushes of images and their referrers, in the region that is home to at least one application. */
export function imagePushPattern(fleet: Fleet, region: string): EventPattern | undefined {
  const repositories = Object.values(fleet.applications)
    .filter((application) => application.home === region)
    .map((application) => application.image.repository);
  if (repositories.length === 0) return undefined;
  return {
    source: ['aws.ecr'],
    'detail-type': ['ECR Image Action', 'ECR Referrer Action'],
    region: [region],
    detail: {
      'action-type': ['PUSH'],
      result: ['SUCCESS'],
      'repository-name': [...new Set(repositories)].sort(),
    },
  };
}

/** What ECR itself replicated from a home region, told in the regions that it goes to. */
export function nativeReplicationPattern(fleet: Fleet, home: string): EventPattern | undefined {
  const repositories = nativeApplications(fleet, home).map(({ image }) => image.repository);
  if (repositories.length === 0) return undefined;
  return {
    source: ['aws.ecr'],
    'detail-type': ['ECR Replication Action'],
    detail: {
      'action-type': ['REPLICATE'],
      'source-region': [home],
      'repository-name': [...new Set(repositories)].sort(),
    },
  };
}

/** Our own completion event, published in the home region once all targets hold the image. */
export const imageReplicatedPattern: EventPattern = {
  source: [ownEvents.source],
  'detail-type': [ownEvents.imageReplicated],
};

/** Every request of an operator goes to the loop it names. */
export function operatorRequestPattern(loop: string): EventPattern {
  return {
    source: [ownEvents.source],
    'detail-type': [ownEvents.operatorRequest],
    detail: { loop: [loop] },
  };
}

/** Deployment progress of ECS services; the event names no service of ours, so state decides. */
export function deploymentPattern(fleet: Fleet, region: string): EventPattern | undefined {
  const clusters = Object.values(fleet.applications)
    .filter((application) => application.regions.includes(region))
    .flatMap((application) => Object.values(application.services));
  if (clusters.length === 0) return undefined;
  const resources = clusters.map(({ cluster, service }) => ({
    suffix: `:service/${cluster}/${service}`,
  }));
  return {
    source: ['aws.ecs'],
    'detail-type': ['ECS Deployment State Change'],
    region: [region],
    resources,
  };
}

/** State changes of the alarms that drive scaling in one region. */
export function scalingAlarmPattern(fleet: Fleet, region: string): EventPattern | undefined {
  const alarms = Object.entries(fleet.applications)
    .filter(([, application]) => application.regions.includes(region))
    .flatMap(([app, application]) =>
      Object.entries(application.scaling).map(
        ([policy, scaling]) => scaling.alarm ?? names.scalingAlarm(fleet.name, app, policy),
      ),
    );
  if (alarms.length === 0) return undefined;
  return {
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    region: [region],
    detail: { alarmName: [...new Set(alarms)].sort() },
  };
}

/** Alarms on endpoint health (us-east-1 only) and on what users feel (each region). */
export function failoverAlarmPattern(fleet: Fleet): EventPattern | undefined {
  const alarms = Object.entries(fleet.applications).flatMap(([app, application]) => {
    if (application.traffic === undefined || application.failover === undefined) return [];
    const slo = application.failover.sloAlarm;
    return [
      ...application.regions.map((region) => names.endpointAlarm(fleet.name, app, region)),
      ...(slo === undefined ? [] : [slo]),
    ];
  });
  if (alarms.length === 0) return undefined;
  return {
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
    detail: { alarmName: [...new Set(alarms)].sort() },
  };
}
