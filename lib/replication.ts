import { Construct } from 'constructs';
import { imagePushPattern, operatorRequestPattern } from '../core/contract/event-patterns.ts';
import type { Application } from '../core/contract/fleet.ts';
import { targetsOf } from '../core/contract/replication-engine.ts';
import { repositoryIn } from '../core/contract/repository-in.ts';
import { arns } from './arns.ts';
import { deletionPermissions } from './deletion-permissions.ts';
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
      permissions: [
        ...replicationPermissions(foundation),
        ...nativePermissions(foundation),
        ...deletionPermissions(foundation),
      ],
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
  const targets = applications.flatMap(targetRepositories);
  const everywhere = [...homeRepositories(applications), ...targets];
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
    ...creationPermissions(applications),
    {
      actions: ['events:PutEvents'],
      resources: applications.length === 0 ? [] : [bus.eventBusArn],
      because: 'Image Replicated is published once all regions hold an image.',
    },
  ];
}

function homeRepositories(applications: readonly Application[]): readonly string[] {
  return applications.map(({ home, image }) => arns.repository(home, image.repository));
}

function targetRepositories(application: Application): readonly string[] {
  return targetsOf(application).map((region) =>
    arns.repository(region, repositoryIn(application, region)),
  );
}

/** A region without the repository gets one like that of the home region, unless that is off. */
function creationPermissions(applications: readonly Application[]): readonly Permission[] {
  const creating = applications.filter(({ replication }) => replication.createRepositories);
  const sources = homeRepositories(creating);
  const targets = creating.flatMap(targetRepositories);
  return [
    {
      actions: ['ecr:DescribeRepositories'],
      resources: sources,
      because: 'A repository that is made in a region is set up like that of the home region.',
    },
    {
      actions: ['ecr:GetLifecyclePolicy', 'ecr:GetRepositoryPolicy'],
      resources: [...sources, ...targets],
      because: 'Its policies are those of the home region, where it has none of its own.',
    },
    {
      actions: ['ecr:CreateRepository', 'ecr:PutLifecyclePolicy', 'ecr:SetRepositoryPolicy'],
      resources: targets,
      because: 'A region that joins, or lost its repository, gets the one that images go to.',
    },
    {
      actions: ['kms:CreateGrant', 'kms:DescribeKey'],
      resources: creating.flatMap(({ replication }) => Object.values(replication.kmsKeys)),
      because: 'ECR encrypts a repository with the key that the fleet file names for its region.',
    },
  ];
}
