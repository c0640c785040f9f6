import { afterEach, describe, expect, test } from '@jest/globals';
import type {
  DescribeImageReplicationStatusResponse,
  DescribeRegistryResponse,
  ReplicationRule,
} from '@aws-sdk/client-ecr';
import { buildCloud } from '../../../../sandbox/build-cloud.ts';
import type { FaultSpec } from '../../../../sandbox/faults.ts';
import { pushIntoModel, sampleImage } from '../../../../sandbox/sample-image.ts';
import { EcrModel } from '../../../../sandbox/services/ecr/ecr-model.ts';
import { VirtualDriver } from '../../../../sandbox/virtual-driver.ts';
import { ACCOUNT_ID, caller, recordingHub, REGION, worldFrom } from '../../recording-hub.ts';

const repositoryName = 'shop/storefront';
const target = 'us-west-2';
const image = sampleImage({ version: '1.0.0' });
const other = sampleImage({ version: '2.0.0' });
const hourMs = 3_600_000;
const models: EcrModel[] = [];

afterEach(() => {
  for (const model of models.splice(0)) model.close();
});

const ruleTo = (region: string, ...prefixes: string[]): ReplicationRule => ({
  destinations: [{ region, registryId: ACCOUNT_ID }],
  ...(prefixes.length > 0 && {
    repositoryFilters: prefixes.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' as const })),
  }),
});

function registry(seed = 1) {
  const world = worldFrom(seed);
  const hub = recordingHub(world);
  const model = new EcrModel(world, hub, { accountId: ACCOUNT_ID });
  models.push(model);
  model.createRepository(REGION, repositoryName);
  const { call } = caller(world, model.service);
  return {
    ...{ world, hub, model, call, driver: new VirtualDriver(world) },
    push: (tag = '1.0.0', pushed = image, region = REGION) => {
      pushIntoModel(model, { region, repository: repositoryName, tag }, pushed);
    },
    putRules: (rules: readonly ReplicationRule[], region = REGION) =>
      call('PutReplicationConfiguration', { replicationConfiguration: { rules } }, region),
    status: async (imageTag = '1.0.0') => {
      const asked = { repositoryName, imageId: { imageTag } };
      const answer = await call<DescribeImageReplicationStatusResponse>(
        'DescribeImageReplicationStatus',
        asked,
      );
      return answer.replicationStatuses;
    },
  };
}

describe('a replication configuration', () => {
  test('is replaced as a whole and read back as it was put', async () => {
    const { call, putRules } = registry();
    await putRules([ruleTo(target, 'other')]);
    await putRules([ruleTo(target, 'shop/'), ruleTo('eu-west-1')]);
    expect(await call<DescribeRegistryResponse>('DescribeRegistry', {})).toEqual({
      registryId: ACCOUNT_ID,
      replicationConfiguration: { rules: [ruleTo(target, 'shop/'), ruleTo('eu-west-1')] },
    });
  });

  const regions = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      region: `us-west-${index}`,
      registryId: ACCOUNT_ID,
    }));
  const prefixes = Array.from({ length: 101 }, (_, index) => `shop${index}/`);
  test.each([
    ['more than 10 rules', regions(11).map(({ region }) => ruleTo(region))],
    ['more than 25 destinations', [13, 13].map((n, i) => ({ destinations: regions(n + 13 * i) }))],
    ['more than 100 filters in a rule', [ruleTo(target, ...prefixes)]],
    ['a rule to its own registry', [ruleTo(REGION)]],
    [
      'an account that the local cloud does not have',
      [{ destinations: [{ region: target, registryId: '999999999999' }] }],
    ],
    ['a filter that is no beginning of a name', [ruleTo(target, '*')]],
  ])('is refused with %s', async (_case, rules) => {
    const { putRules } = registry();
    await expect(putRules(rules)).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});

describe('a push to a repository that a rule is for', () => {
  test('arrives later, whole, in a repository that is made for it, and is told of there', async () => {
    const { hub, model, driver, push, putRules, status } = registry();
    await putRules([ruleTo(target, 'shop/')]);
    push();
    expect(await status()).toMatchObject([{ region: target, status: 'IN_PROGRESS' }]);
    expect(model.find(target, repositoryName)).toBeUndefined();
    await driver.runFor(hourMs);
    const arrived = model.repository(target, repositoryName);
    const digests = [...image.manifests, image.index].map(({ digest }) => digest);
    expect([...arrived.images.keys()].sort()).toEqual(digests.sort());
    expect(arrived.tags.get('1.0.0')).toBe(image.index.digest);
    expect([...arrived.blobs.keys()].sort()).toEqual(image.blobs.map((b) => b.digest).sort());
    expect(await status()).toEqual([
      { region: target, registryId: ACCOUNT_ID, status: 'COMPLETE' },
    ]);
    const told = hub.events.filter(({ region }) => region === target);
    expect(told).toHaveLength(3);
    expect(told.at(-1)).toMatchObject({
      source: 'aws.ecr',
      detailType: 'ECR Replication Action',
      resources: [`arn:aws:ecr:${target}:${ACCOUNT_ID}:repository/${repositoryName}`],
      detail: {
        result: 'SUCCESS',
        'repository-name': repositoryName,
        'image-digest': image.index.digest,
        'source-account': ACCOUNT_ID,
        'action-type': 'REPLICATE',
        'source-region': REGION,
        'image-tag': '1.0.0',
      },
    });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'shows its tag only with all children there (seed %i)',
    async (seed) => {
      const { model, driver, push, putRules } = registry(seed);
      await putRules([ruleTo(target)]);
      push();
      for (let minute = 0; minute < 60; minute += 1) {
        await driver.runFor(1_000);
        const found = model.find(target, repositoryName);
        if (found?.tags.has('1.0.0') === true) expect(found.images.size).toBe(3);
      }
    },
  );

  test('goes one hop and no further', async () => {
    const { model, driver, push, putRules } = registry();
    await putRules([ruleTo(target)]);
    await putRules([ruleTo('eu-west-1')], target);
    push();
    await driver.runFor(hourMs);
    expect(model.find(target, repositoryName)?.tags.size).toBe(1);
    expect(model.find('eu-west-1', repositoryName)).toBeUndefined();
  });

  test('leaves what was there before, and other repositories, where they are', async () => {
    const { model, driver, push, putRules, status } = registry();
    push();
    await putRules([ruleTo(target, 'shop/storefront-v2', 'shops')]);
    push('2.0.0', other);
    await driver.runFor(hourMs);
    expect(model.find(target, repositoryName)).toBeUndefined();
    expect(await status()).toEqual([]);
    expect(await status('2.0.0')).toEqual([]);
  });

  test('takes the settings of the template with the longest prefix', async () => {
    const { model, call, driver, push, putRules } = registry();
    const template = (prefix: string, imageTagMutability: string, appliedFor = ['REPLICATION']) =>
      call('CreateRepositoryCreationTemplate', { prefix, imageTagMutability, appliedFor }, target);
    await template('ROOT', 'MUTABLE');
    await template('shop', 'IMMUTABLE');
    await template('shop/storefront', 'MUTABLE', ['PULL_THROUGH_CACHE']);
    await putRules([ruleTo(target)]);
    push();
    await driver.runFor(hourMs);
    expect(model.repository(target, repositoryName).mutability).toBe('IMMUTABLE');
  });

  test('loses a tag that is immutable in the destination and taken', async () => {
    const { hub, model, driver, push, putRules, status } = registry();
    model.createRepository(target, repositoryName, 'IMMUTABLE');
    push('1.0.0', other, target);
    await putRules([ruleTo(target)]);
    push();
    await driver.runFor(hourMs);
    const arrived = model.repository(target, repositoryName);
    expect(arrived.tags.get('1.0.0')).toBe(other.index.digest);
    expect(arrived.images.get(image.index.digest)?.tags.size).toBe(0);
    expect(await status()).toMatchObject([{ status: 'COMPLETE' }]);
    expect(hub.events.at(-1)?.detail).toMatchObject({ result: 'SUCCESS', 'image-tag': '' });
  });

  test.each([1, 2, 3, 4, 5, 6])('never takes a moved tag back (seed %i)', async (seed) => {
    const { model, driver, push, putRules } = registry(seed);
    await putRules([ruleTo(target)]);
    push('latest');
    push('latest', other);
    await driver.runFor(2 * hourMs);
    expect(model.repository(target, repositoryName).tags.get('latest')).toBe(other.index.digest);
  });
});

describe('in a cloud with faults', () => {
  async function pushedWith(fault: FaultSpec) {
    const world = worldFrom();
    const { cloud, models: built } = buildCloud({
      ...{ world, accountId: ACCOUNT_ID, regions: [REGION, target] },
    });
    models.push(built.ecr);
    built.ecr.createRepository(REGION, repositoryName);
    const call = (operation: string, input: object) =>
      cloud.call({ service: 'ecr', operation, input, region: REGION, principal: {} });
    const replicationConfiguration = { rules: [ruleTo(target)] };
    await call('PutReplicationConfiguration', { replicationConfiguration });
    cloud.faults.add(fault);
    pushIntoModel(built.ecr, { region: REGION, repository: repositoryName, tag: '1' }, image);
    const driver = new VirtualDriver(world);
    await driver.runFor(2 * hourMs);
    const asked = { repositoryName, imageId: { imageTag: '1' } };
    const status = async () =>
      (
        (await call(
          'DescribeImageReplicationStatus',
          asked,
        )) as DescribeImageReplicationStatusResponse
      ).replicationStatuses;
    const failures = () => cloud.calls.list().filter(({ outcome }) => outcome !== 'ok').length;
    return { cloud, driver, status, failures };
  }

  test('an image that ECR fails to write is FAILED', async () => {
    const { status, failures } = await pushedWith({
      ...{ kind: 'api-error', region: target, service: 'ecr', operation: 'ReplicateImage' },
    });
    expect(await status()).toMatchObject([
      { status: 'FAILED', failureCode: 'ReferencedImagesNotFoundException' },
    ]);
    expect(failures()).toBe(image.manifests.length);
  });

  test('an image for a region that is down arrives when it is up again', async () => {
    const { cloud, driver, status } = await pushedWith({ kind: 'region-down', region: target });
    expect(await status()).toMatchObject([{ status: 'IN_PROGRESS' }]);
    cloud.faults.clear('all');
    await driver.runFor(5 * 60_000);
    expect(await status()).toMatchObject([{ status: 'COMPLETE' }]);
  });
});
