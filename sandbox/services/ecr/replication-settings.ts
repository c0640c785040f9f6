import type {
  DescribeRegistryRequest,
  DescribeRegistryResponse,
  PutReplicationConfigurationRequest,
  PutReplicationConfigurationResponse,
  ReplicationRule,
} from '@aws-sdk/client-ecr';
import type { Call, Operation } from '../../service-model.ts';
import { ecrErrors } from './ecr-errors.ts';

/** ECR's quotas of a replication configuration; none of them can be raised. */
const RULES_MAX = 10;
const DESTINATIONS_MAX = 25;
const FILTERS_MAX = 100;

/** What the first configuration of an account creates, and the caller must be allowed to. */
const serviceLinkedRole = (accountId: string) =>
  `arn:aws:iam::${accountId}:role/aws-service-role/replication.ecr.amazonaws.com/` +
  'AWSServiceRoleForECRReplication';

/** The replication configuration of each region's registry. */
export class ReplicationSettings {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #rules = new Map<string, readonly ReplicationRule[]>();

  constructor() {
    this.operations = {
      DescribeRegistry: this.#describeRegistry(),
      PutReplicationConfiguration: this.#putReplicationConfiguration(),
    };
  }

  rules(region: string): readonly ReplicationRule[] {
    return this.#rules.get(region) ?? [];
  }

  #describeRegistry(): Operation<DescribeRegistryRequest, DescribeRegistryResponse> {
    return {
      resources: () => ['*'],
      handle: (_input, { region, accountId }) => ({
        registryId: accountId,
        replicationConfiguration: { rules: [...this.rules(region)] },
      }),
    };
  }

  #putReplicationConfiguration(): Operation<
    PutReplicationConfigurationRequest,
    PutReplicationConfigurationResponse
  > {
    return {
      resources: () => ['*'],
      alsoNeeds: (_input, { accountId }) =>
        this.#rules.size > 0
          ? []
          : [
              {
                action: 'iam:CreateServiceLinkedRole',
                resources: [serviceLinkedRole(accountId)],
                conditions: { 'iam:AWSServiceName': 'replication.ecr.amazonaws.com' },
              },
            ],
      handle: ({ replicationConfiguration }, call) => {
        const rules = replicationConfiguration?.rules;
        if (rules === undefined) throw refused('Member must not be null');
        checkRules(rules, call);
        this.#rules.set(call.region, rules);
        return { replicationConfiguration: { rules } };
      },
    };
  }
}

function checkRules(rules: readonly ReplicationRule[], call: Call): void {
  const destinations = rules.flatMap((rule) => rule.destinations ?? []);
  const places = new Set(destinations.map((place) => `${place.region}/${place.registryId}`));
  if (rules.length > RULES_MAX) {
    throw refused(`Member must have length less than or equal to ${RULES_MAX}`);
  }
  if (places.size > DESTINATIONS_MAX) {
    throw refused(`At most ${DESTINATIONS_MAX} unique destinations over all rules`);
  }
  if (places.has(`${call.region}/${call.accountId}`)) {
    throw refused('Replication destination cannot be the same as the source registry');
  }
  const foreign = destinations.find(({ registryId }) => registryId !== call.accountId);
  if (foreign !== undefined) {
    throw refused(`The local cloud has one account, not ${foreign.registryId ?? 'null'}`);
  }
  for (const { repositoryFilters } of rules) checkFilters(repositoryFilters);
}

function checkFilters(filters: ReplicationRule['repositoryFilters']): void {
  if (filters === undefined) return;
  if (filters.length === 0 || filters.length > FILTERS_MAX) {
    throw refused(`Give 1 to ${FILTERS_MAX} repository filters, or leave them out`);
  }
  for (const { filter = '', filterType } of filters) {
    if (filterType !== 'PREFIX_MATCH') throw refused('Member must satisfy enum: [PREFIX_MATCH]');
    if (/^[a-z0-9][a-z0-9._/-]{1,255}$/.test(filter)) continue;
    throw refused(`The filter '${filter}' is not the beginning of a repository name`);
  }
}

function refused(constraint: string) {
  return ecrErrors.invalid(
    `at 'replicationConfiguration' failed to satisfy constraint: '${constraint}'`,
  );
}
