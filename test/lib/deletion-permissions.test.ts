import { describe, expect, test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Fleet } from '../../core/contract/fleet.ts';
import { resourcesOf, shop, synthesize, text } from './synthesize.ts';

/** The shop, whose storefront follows deletions at home; its orders do not. */
function deletingShop(): Fleet {
  const { storefront, ...others } = shop.applications;
  if (storefront === undefined) throw new Error('the shop has no storefront');
  const deletion = { automatic: true, grace: 3_600_000, maxPerRun: 20 };
  const replication = { ...storefront.replication, deletion };
  return { ...shop, applications: { ...others, storefront: { ...storefront, replication } } };
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

function allowed({ regional }: ReturnType<typeof synthesize>, region: string, action: string) {
  return Object.values(resourcesOf(regional(region), 'AWS::IAM::Role'))
    .flatMap(({ Properties }) => (Properties['Policies'] ?? []) as readonly Policy[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().includes(action))
    .map(({ Resource, Condition }) => ({ at: [Resource].flat().map(text), Condition }));
}

const regions = Object.keys(shop.regions);

test('no role may delete an image unless an application asks for it', () => {
  const fleet = synthesize();
  for (const region of regions) expect(allowed(fleet, region, 'ecr:BatchDeleteImage')).toEqual([]);
});

describe('where an application asks for it', () => {
  const fleet = synthesize(deletingShop());

  test('only the home region may delete, only in other regions, only in its repository', () => {
    expect(allowed(fleet, 'us-east-1', 'ecr:BatchDeleteImage')).toEqual([
      {
        at: ['arn:<AWS::Partition>:ecr:us-west-2:<AWS::AccountId>:repository/shop/storefront'],
        Condition: undefined,
      },
    ]);
    for (const region of ['us-west-2', 'us-east-2']) {
      expect(allowed(fleet, region, 'ecr:BatchDeleteImage')).toEqual([]);
    }
  });

  test('what runs may be listed in the clusters of those regions alone', () => {
    const cluster = 'arn:<AWS::Partition>:ecs:us-west-2:<AWS::AccountId>:cluster/shop';
    const [listing, ...more] = allowed(fleet, 'us-east-1', 'ecs:ListTasks');
    expect(more).toEqual([]);
    expect(text((listing?.Condition as { ArnEquals: object }).ArnEquals)).toContain('cluster/shop');
    expect(listing?.at).toEqual(['*']);
    const [tasks] = allowed(fleet, 'us-east-1', 'ecs:DescribeTasks');
    expect(tasks?.at.every((arn) => arn.startsWith(cluster.split(':cluster')[0] ?? ''))).toBe(true);
  });

  test('leaves nothing for cdk-nag to ask about', () => {
    const { violations } = new AwsSolutionsChecks(fleet.app).validateScope(fleet.app);
    expect(violations.map(({ ruleName, description }) => [ruleName, description])).toEqual([]);
  });
});
