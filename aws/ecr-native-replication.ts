import {
  DescribeImageReplicationStatusCommand,
  DescribeRegistryCommand,
  type ECRClient,
  PutReplicationConfigurationCommand,
  type ReplicationRule,
  type ReplicationStatus,
  type RepositoryFilterType,
} from '@aws-sdk/client-ecr';
import type { NativeReplication, NativeRule, NativeStatus } from '../core/native-replication.ts';
import { isNotFound } from './errors.ts';

/** ECR's own replication, by its rules and by what it says about single images. */
export class EcrNativeReplication implements NativeReplication {
  readonly #client: (region: string) => ECRClient;

  constructor(client: (region: string) => ECRClient) {
    this.#client = client;
  }

  async rules(region: string): Promise<readonly NativeRule[]> {
    const { replicationConfiguration } = await this.#client(region).send(
      new DescribeRegistryCommand({}),
    );
    return (replicationConfiguration?.rules ?? []).map(fromEcr);
  }

  async replaceRules(region: string, rules: readonly NativeRule[]): Promise<void> {
    const replicationConfiguration = { rules: rules.map(toEcr) };
    await this.#client(region).send(
      new PutReplicationConfigurationCommand({ replicationConfiguration }),
    );
  }

  async statuses(
    region: string,
    repositoryName: string,
    imageDigest: string,
  ): Promise<readonly NativeStatus[]> {
    try {
      const { replicationStatuses = [] } = await this.#client(region).send(
        new DescribeImageReplicationStatusCommand({ repositoryName, imageId: { imageDigest } }),
      );
      return replicationStatuses.map(({ region: to = '', status, failureCode }) => ({
        region: to,
        state: stateOf(status),
        ...(failureCode === undefined ? {} : { failureCode }),
      }));
    } catch (error) {
      // Deleted in this moment: then nothing is on its way either.
      if (isNotFound(error)) return [];
      throw error;
    }
  }
}

function stateOf(status: ReplicationStatus | undefined): NativeStatus['state'] {
  if (status === 'COMPLETE') return 'complete';
  return status === 'FAILED' ? 'failed' : 'under-way';
}

function fromEcr({ destinations = [], repositoryFilters }: ReplicationRule): NativeRule {
  return {
    destinations: destinations.map(({ region = '', registryId = '' }) => ({ region, registryId })),
    ...(repositoryFilters !== undefined && {
      filters: repositoryFilters.map(({ filter = '', filterType }) => ({
        filter,
        type: filterType ?? 'PREFIX_MATCH',
      })),
    }),
  };
}

/** A rule of others goes back with what it came with, a filter type of later years too. */
function toEcr({ destinations, filters }: NativeRule): ReplicationRule {
  return {
    destinations: [...destinations],
    ...(filters !== undefined && {
      repositoryFilters: filters.map(({ filter, type }) => ({
        filter,
        filterType: type as RepositoryFilterType,
      })),
    }),
  };
}
