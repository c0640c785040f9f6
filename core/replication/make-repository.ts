import type { Replication } from './decide-replication.ts';
import type { ReplicationPorts } from './replication-ports.ts';

/** Makes a repository that a region lacks, with the settings of the home region's. */
export async function makeRepository(
  { repositories, logger }: Pick<ReplicationPorts, 'repositories' | 'logger'>,
  { repository, home, handling }: Replication,
  region: string,
): Promise<void> {
  if (!handling.createRepositories) {
    throw new Error(
      `there is no repository ${repository} in ${region}; create it, or set ` +
        'replication.createRepositories in the fleet file',
    );
  }
  const settings = await repositories.settings(home, repository);
  if (settings === undefined) throw new Error(`the repository ${repository} is gone in ${home}`);
  const kmsKey = handling.kmsKeys[region];
  const isKms = settings.encryption !== 'AES256';
  await repositories.create(region, repository, {
    ...settings,
    ...(isKms && kmsKey !== undefined ? { kmsKey } : {}),
  });
  logger.info(`Created the repository ${repository} in ${region}.`);
}
