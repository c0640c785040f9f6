import { Aws } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { failoverAlarmPattern, operatorRequestPattern } from '../core/contract/event-patterns.ts';
import type { Fleet } from '../core/contract/fleet.ts';
import { latchKey, names } from '../core/contract/names.ts';
import { repositoryIn } from '../core/contract/repository-in.ts';
import { readAlarmStates } from './alarm-permissions.ts';
import { arns } from './arns.ts';
import {
  describeServices,
  describeTaskDefinitions,
  setDesiredCount,
} from './deploy-permissions.ts';
import type { Foundation } from './foundation.ts';
import { LatchBucket } from './latch-bucket.ts';
import { LoopFunction } from './loop-function.ts';
import type { Permission } from './permission.ts';
import { QueueRule } from './queue-rule.ts';

export interface FailoverProps {
  readonly foundation: Foundation;
}

/** Decides which region serves, and moves traffic. */
export class Failover extends Construct {
  readonly loop: LoopFunction<'fail-over-region'>;

  constructor(scope: Construct, id: string, { foundation }: FailoverProps) {
    super(scope, id);
    const { fleet, region, bus } = foundation;
    if (fleet.regions[region]?.role === 'workload') {
      new LatchBucket(this, 'Latches', { fleetName: fleet.name, region });
    }
    this.loop = new LoopFunction(this, 'FailOverRegion', {
      name: 'fail-over-region',
      foundation,
      environment: {},
      permissions: failoverPermissions(fleet),
    });
    const alarms = failoverAlarmPattern(fleet);
    if (alarms !== undefined) {
      new QueueRule(this, 'AlarmChanges', {
        description: 'State changes of alarms in this region that are evidence for a failover',
        pattern: alarms,
        to: this.loop,
      });
      new QueueRule(this, 'ForwardedAlarmChanges', {
        description: 'State changes of endpoint alarms, forwarded from us-east-1',
        pattern: alarms,
        to: this.loop,
        bus,
      });
    }
    new QueueRule(this, 'Requests', {
      description: 'Requests of operators to the failover loop',
      pattern: operatorRequestPattern('failover'),
      to: this.loop,
      bus,
    });
  }
}

function failoverPermissions(fleet: Fleet): readonly Permission[] {
  const applications = Object.values(fleet.applications).filter(
    ({ failover }) => failover !== undefined,
  );
  const hooks = applications.flatMap(({ failover, regions }) =>
    (failover?.data ?? []).flatMap((step) =>
      'invoke' in step ? regions.map((region) => arns.function(region, step.invoke)) : [],
    ),
  );
  return [
    describeServices(fleet),
    describeTaskDefinitions,
    setDesiredCount(fleet),
    {
      actions: ['elasticloadbalancing:DescribeTargetHealth'],
      resources: ['*'],
      because:
        'Traffic moves only to a region with healthy targets; ' +
        'Elastic Load Balancing offers no resource-level permission for reading their health.',
    },
    readAlarmStates,
    ...latchPermissions(fleet),
    {
      actions: ['ecr:BatchGetImage'],
      resources: applications.flatMap((application) =>
        application.regions.map((region) =>
          arns.repository(region, repositoryIn(application, region)),
        ),
      ),
      because: 'A region takes over only when its registry holds the image that runs.',
    },
    {
      actions: ['lambda:InvokeFunction'],
      resources: hooks,
      because: 'The data steps of the fleet file name these functions of the user.',
    },
  ];
}

function latchPermissions(fleet: Fleet): readonly Permission[] {
  const latches = Object.entries(fleet.applications).flatMap(
    ([
      app,
      {
        failover,
        regions: [primary, standby],
      },
    ]) => {
      if (failover === undefined || primary === undefined || standby === undefined) return [];
      const bucket = names.latchBucket(fleet.name, Aws.ACCOUNT_ID, standby);
      return [{ bucket, key: latchKey(app, primary) }];
    },
  );
  return [
    {
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: latches.map(({ bucket, key }) => arns.object(bucket, key)),
      because: 'The latch is the traffic switch. It is never deleted.',
    },
    {
      actions: ['s3:ListBucket'],
      resources: latches.map(({ bucket }) => arns.bucket(bucket)),
      because: 'Without it S3 answers 403 and not 404 for a latch that was never written.',
    },
  ];
}
