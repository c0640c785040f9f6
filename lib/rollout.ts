import { Construct } from 'constructs';
import {
  deploymentPattern,
  imageReplicatedPattern,
  operatorRequestPattern,
} from '../core/contract/event-patterns.ts';
import type { Fleet } from '../core/contract/fleet.ts';
import { repositoryIn } from '../core/contract/repository-in.ts';
import { arns } from './arns.ts';
import { deployPermissions, describeServices } from './deploy-permissions.ts';
import type { Foundation } from './foundation.ts';
import { LoopFunction } from './loop-function.ts';
import type { Permission } from './permission.ts';
import { QueueRule } from './queue-rule.ts';

export interface RolloutProps {
  readonly foundation: Foundation;
}

/** Rolls replicated images out, region by region. */
export class Rollout extends Construct {
  readonly loop: LoopFunction<'roll-out-image'>;

  constructor(scope: Construct, id: string, { foundation }: RolloutProps) {
    super(scope, id);
    const { fleet, region, bus } = foundation;
    this.loop = new LoopFunction(this, 'RollOutImage', {
      name: 'roll-out-image',
      foundation,
      environment: {},
      permissions: rolloutPermissions(fleet),
    });
    new QueueRule(this, 'Replicated', {
      description: 'Images that every region of their application holds',
      pattern: imageReplicatedPattern,
      to: this.loop,
      bus,
    });
    const deployments = deploymentPattern(fleet, region);
    if (deployments !== undefined) {
      new QueueRule(this, 'Deployments', {
        description: 'Progress of deployments of the services of the fleet in this region',
        pattern: deployments,
        to: this.loop,
      });
    }
    new QueueRule(this, 'Requests', {
      description: 'Requests of operators to the rollout loop',
      pattern: operatorRequestPattern('rollout'),
      to: this.loop,
      bus,
    });
  }
}

function rolloutPermissions(fleet: Fleet): readonly Permission[] {
  const applications = Object.values(fleet.applications);
  return [
    describeServices(fleet),
    ...deployPermissions(fleet),
    {
      actions: ['ecr:BatchGetImage'],
      resources: applications.flatMap((application) =>
        [application.home, ...application.regions].map((region) =>
          arns.repository(region, repositoryIn(application, region)),
        ),
      ),
      because: 'A rollout starts only where the registry holds the image.',
    },
    {
      actions: ['ecr:DescribeImages'],
      resources: applications.map(({ image, home }) => arns.repository(home, image.repository)),
      because: 'Which image is newest is decided by the tags in its home region.',
    },
  ];
}
