import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import type { Fleet } from '../../core/contract/fleet.ts';
import { resourcesOf, shop, synthesize } from './synthesize.ts';

/** The shop whose storefront has another repository in its standby. */
function mappedShop(): Fleet {
  const { storefront, ...others } = shop.applications;
  if (storefront === undefined) throw new Error('the shop has no storefront');
  const repositoryIn = { 'us-west-2': 'mirror/storefront' };
  const replication = { ...storefront.replication, repositoryIn };
  return { ...shop, applications: { ...others, storefront: { ...storefront, replication } } };
}

/** Every `region name` of a repository that a role of the template may touch. */
function repositoriesOf(template: Template): readonly string[] {
  const roles = JSON.stringify(resourcesOf(template, 'AWS::IAM::Role'));
  const arn = /:ecr:([a-z0-9-]+):",\{"Ref":"AWS::AccountId"\},":repository\/([^"]+)"/g;
  const found = [...roles.matchAll(arn)].map(([, region, name]) => `${region} ${name}`);
  return [...new Set(found)].sort();
}

test('roles may touch a mapped repository under its name there, and under no other', () => {
  const { regional } = synthesize(mappedShop());
  for (const region of Object.keys(shop.regions)) {
    expect(repositoriesOf(regional(region))).toEqual([
      'us-east-1 shop/orders',
      'us-east-1 shop/storefront',
      'us-west-2 mirror/storefront',
      'us-west-2 shop/orders',
    ]);
  }
});
