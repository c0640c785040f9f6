import { Construct } from 'constructs';
import { imagePushPattern, operatorRequestPattern } from '../core/contract/event-patterns.ts';
import { arns } from './arns.ts';
import type { Foundation } from './foundation.ts';
import { LoopFunction } from './loop-function.ts';
import { nativePermissions, NativeReplication } from './native-replication.ts';
import type { Permission } from './permission.ts';
import { QueueRule } from './queue-rule.ts';

export interface ReplicationProps {
  readonly foundation: Foundation;
}

/** Copies pushed images to the other regions of their application. */
export class Replication extends Construct {
  readonly loop: LoopFunction<'replicate-image'>;

  constructor(scope: Construct, id: string, { foundation }: ReplicationProps) {
    super(scope, id);
    const { fleet, region, bus } = foundation;
    this.loop = new LoopFunction(this, 'ReplicateImage', {
      name: 'replicate-image',
      foundation,
      environment: {},
      permissions: [...replicationPermissions(foundation), ...nativePermissions(foundation)],
    });
    new NativeReplication(this, 'Native', { foundation, to: this.loop });
    const pushes = imagePushPattern(fleet, region);
    if (pushes !== undefined) {
      new QueueRule(this, 'Pushes', {
        description: 'Images and referrers pushed to a repository of the fleet in its home region',
        pattern: pushes,
        to: this.loop,
      });
    }
    new QueueRule(this, 'Requests', {
      description: 'Requests of operators to the replication loop',
      pattern: operatorRequestPattern('replication'),
      to: this.loop,
      bus,
    });
  }
}

/** An image is copied from its home region by the function there; the others copy nothing. */
function replicationPermissions({ fleet, region, bus }: Foundation): readonly Permission[] {
  const applications = Object.values(fleet.applications).filter(({ home }) => home === region);
  const everywhere = applications.flatMap(({ image, regions }) =>
    regions.map((each) => arns.repository(each, image.repository)),
  );
  const targets = applications.flatMap(({ image, regions }) =>
    regions
      .filter((each) => each !== region)
      .map((each) => arns.repository(each, image.repository)),
  );
  return [
    {
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:DescribeImages',
        'ecr:GetDownloadUrlForLayer',
        'ecr:ListImageReferrers',
      ],
      resources: everywhere,
      because: 'The copier reads the source and looks at what the targets already hold.',
    },
    {
      actions: [
        'ecr:CompleteLayerUpload',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      resources: targets,
      because: 'The copier writes images, but never to the region they were pushed to.',
    },
    {
      actions: ['events:PutEvents'],
      resources: applications.length === 0 ? [] : [bus.eventBusArn],
      because: 'Image Replicated is published once all regions hold an image.',
    },
  ];
}
