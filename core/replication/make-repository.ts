import { type Replication, repositoryOf } from './decide-replication.ts';
import type { ReplicationPorts } from './replication-ports.ts';

/** Makes a repository that a region lacks, with the settings of the home region's. */
export async function makeRepository(
  { repositories, logger }: Pick<ReplicationPorts, 'repositories' | 'logger'>,
  decision: Replication,
  region: string,
): Promise<void> {
  const { repository, home, handling } = decision;
  const name = repositoryOf(decision, region);
  if (!handling.createRepositories) {
    throw new Error(
      `there is no repository ${name} in ${region}; create it, or set ` +
        'replication.createRepositories in the fleet file',
    );
  }
  const settings = await repositories.settings(home, repository);
  if (settings === undefined) throw new Error(`the repository ${repository} is gone in ${home}`);
  const kmsKey = handling.kmsKeys[region];
  const isKms = settings.encryption !== 'AES256';
  await repositories.create(region, name, {
    ...settings,
    ...(isKms && kmsKey !== undefined ? { kmsKey } : {}),
  });
  logger.info(`Created the repository ${name} in ${region}.`);
}
