import type { Application } from './fleet.ts';

/** What says how an application's repository is called. */
export interface NamedRepository {
  readonly image: Pick<Application['image'], 'repository'>;
  readonly replication: Pick<Application['replication'], 'repositoryIn'>;
}

/** The name of an application's repository in a region: that of its home unless it is mapped. */
export function repositoryIn({ image, replication }: NamedRepository, region: string): string {
  return replication.repositoryIn[region] ?? image.repository;
}
