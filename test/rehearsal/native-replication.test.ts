import { afterAll, expect, test } from '@jest/globals';
import type { DescribeRegistryResponse, ReplicationRule } from '@aws-sdk/client-ecr';
import { ScenarioFiles } from '../../cli/rehearse/scenario-file.ts';
import { openRehearsal } from '../../rehearsal/rehearsed-cloud.ts';
import { WorldView } from '../../rehearsal/world-view.ts';
import { pushIntoModel, sampleImage } from '../../sandbox/sample-image.ts';

// The deployed functions of a shop whose storefront ECR replicates, in virtual time.
const files = new ScenarioFiles();
const [home, target] = ['us-east-1', 'us-west-2'];
const repository = 'shop/storefront';
const minuteMs = 60_000;

afterAll(() => {
  files.close();
});

async function openShop() {
  const { fleet, fleetFile } = files.load(
    'examples/scenarios/native-replication-late.yaml',
    undefined,
  );
  const assembly = await files.assembly(fleetFile);
  const cloud = await openRehearsal({ fleet, assembly, seed: 1 });
  const { built, driver } = cloud;
  const byHand = (operation: string, input: object) =>
    built.cloud.call({ service: 'ecr', operation, input, region: home, principal: {} });
  return {
    ...{ driver, ecr: built.models.ecr, view: new WorldView(cloud) },
    rules: async () => {
      const answer = (await byHand('DescribeRegistry', {})) as DescribeRegistryResponse;
      return answer.replicationConfiguration?.rules;
    },
    putRules: (...rules: readonly ReplicationRule[]) =>
      byHand('PutReplicationConfiguration', { replicationConfiguration: { rules } }),
    writes: () =>
      built.cloud.calls.list({ service: 'ecr' }).filter(({ operation, principal }) => {
        return operation === 'PutReplicationConfiguration' && principal.roleArn !== undefined;
      }).length,
  };
}

const ruleFor = (prefix: string): ReplicationRule => ({
  destinations: [{ region: target, registryId: '123456789012' }],
  repositoryFilters: [{ filter: prefix, filterType: 'PREFIX_MATCH' }],
});

test('the rules of a registry get ours back when somebody drops them, and lose none of others', async () => {
  const { driver, rules, putRules, writes } = await openShop();
  expect(await rules()).toEqual([ruleFor(repository)]);
  await putRules(ruleFor('team/'), ruleFor(repository));
  await driver.runFor(3 * minuteMs);
  expect(await rules()).toEqual([ruleFor('team/'), ruleFor(repository)]);
  expect(writes()).toBe(1);
  await putRules(ruleFor('team/'));
  await driver.runFor(3 * minuteMs);
  expect(await rules()).toEqual([ruleFor('team/'), ruleFor(repository)]);
  expect(writes()).toBe(2);
}, 60_000);

test('a tag that ECR left away, because it is immutable there and taken, is not called replicated', async () => {
  const { driver, ecr, view } = await openShop();
  const taken = sampleImage({ version: 'taken' });
  pushIntoModel(ecr, { region: target, repository, tag: '1.0.0', isSeed: true }, taken);
  ecr.repository(target, repository).mutability = 'IMMUTABLE';
  const image = sampleImage({ version: '1.0.0' });
  pushIntoModel(ecr, { region: home, repository, tag: '1.0.0' }, image);
  await driver.runFor(40 * minuteMs);
  expect(ecr.repository(target, repository).images.has(image.index.digest)).toBe(true);
  expect(view.tagged('storefront', target, '1.0.0')).toBe(taken.index.digest);
  const reasons = view.records().map(({ decision }) => decision.reason.code);
  expect(reasons).toContain('NATIVE_WITHOUT_TAG');
  const told = view
    .notices()
    .filter(({ attributes }) => attributes['kind'] === 'replication-failed');
  expect(told).toHaveLength(1);
  expect(told[0]?.text).toContain('immutable');
}, 60_000);
