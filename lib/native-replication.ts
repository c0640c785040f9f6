import { Construct } from 'constructs';
import { type EventPattern, nativeReplicationPattern } from '../core/contract/event-patterns.ts';
import { mayUseRules, nativeApplications, targetsOf } from '../core/contract/replication-engine.ts';
import { arns } from './arns.ts';
import { EventForwarding } from './event-forwarding.ts';
import type { Foundation } from './foundation.ts';
import type { LoopFunction } from './loop-function.ts';
import type { Permission } from './permission.ts';
import { QueueRule } from './queue-rule.ts';

export interface NativeReplicationProps {
  readonly foundation: Foundation;
  /** The loop that watches what ECR replicates from this region. */
  readonly to: LoopFunction;
}

/** Brings ECR's news of what it replicated back to the home region, where it is waited for. */
export class NativeReplication extends Construct {
  constructor(scope: Construct, id: string, { foundation, to }: NativeReplicationProps) {
    super(scope, id);
    const { fleet, region, bus } = foundation;
    const homes = Object.keys(fleet.regions).flatMap((home) => {
      const isTarget = nativeApplications(fleet, home).some((application) =>
        targetsOf(application).includes(region),
      );
      const pattern = nativeReplicationPattern(fleet, home);
      return isTarget && pattern !== undefined
        ? [{ region: home, pattern: at(region, pattern) }]
        : [];
    });
    if (homes.length > 0) {
      new EventForwarding(this, 'Forwarding', {
        fleet,
        what: 'What ECR replicated',
        deadLetters: 'forwarded-replications',
        to: homes,
      });
    }
    const replicated = nativeReplicationPattern(fleet, region);
    if (replicated === undefined) return;
    new QueueRule(this, 'Replicated', {
      description: 'What ECR itself replicated from here, forwarded from where it arrived',
      pattern: replicated,
      to,
      bus,
    });
  }
}

function at(region: string, pattern: EventPattern): EventPattern {
  return { ...pattern, region: [region] };
}

/** The rules are one setting of the whole registry, so AWS knows no narrower resource. */
export function nativePermissions({ fleet, region }: Foundation): readonly Permission[] {
  const isAllowed = mayUseRules(fleet, region);
  const watched = nativeApplications(fleet, region);
  return [
    {
      actions: ['ecr:DescribeRegistry', 'ecr:PutReplicationConfiguration'],
      resources: isAllowed ? ['*'] : [],
      because:
        'Rules of replication are a setting of the registry as a whole; ' +
        'ECR offers no resource-level permission for it.',
    },
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: isAllowed ? [arns.ecrReplicationRole] : [],
      conditions: { StringEquals: { 'iam:AWSServiceName': 'replication.ecr.amazonaws.com' } },
      because: 'ECR creates its role for replication with the first rule of an account.',
    },
    {
      actions: ['ecr:DescribeImageReplicationStatus'],
      resources: watched.map(({ image }) => arns.repository(region, image.repository)),
      because: 'An image that ECR does not bring in time is copied.',
    },
  ];
}
