import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ecrClients } from '../../aws/clients.ts';
import { EcrNativeReplication } from '../../aws/ecr-native-replication.ts';
import type { NativeRule } from '../../core/native-replication.ts';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import { Gateway } from '../../sandbox/gateway.ts';
import { pushIntoModel, sampleImage } from '../../sandbox/sample-image.ts';
import { VirtualDriver } from '../../sandbox/virtual-driver.ts';
import { World } from '../../sandbox/world.ts';

const [home, target] = ['us-east-1', 'us-west-2'];
const accountId = '123456789012';
const repository = 'shop/storefront';
const image = sampleImage({ version: '1.0.0' });
const world = new World({ seed: 1, startMs: Date.UTC(2026, 8, 1) });
const { cloud, models } = buildCloud({ world, accountId, regions: [home, target] });
const gateway = new Gateway(cloud, {
  status: () => ({}),
  onDefect: (error) => defects.push(error),
});
const defects: unknown[] = [];
let native: EcrNativeReplication;

// Over the wire, as the SDK speaks to AWS: the local cloud answers on a socket.
beforeAll(async () => {
  const endpoint = await gateway.listen();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  native = new EcrNativeReplication(ecrClients({ endpoint, credentials }));
  models.ecr.createRepository(home, repository);
});

afterAll(async () => {
  await gateway.close();
  models.ecr.close();
  expect(defects).toEqual([]);
});

const prefixes = (...filters: readonly string[]) =>
  filters.map((filter) => ({ filter, type: 'PREFIX_MATCH' }));
const destinations = [{ region: target, registryId: accountId }];

describe("ECR's own replication over the wire", () => {
  test('has no rules at first and then exactly those that were written', async () => {
    expect(await native.rules(home)).toEqual([]);
    const rules: readonly NativeRule[] = [
      { destinations, filters: prefixes('shop/', 'base') },
      { destinations },
    ];
    await native.replaceRules(home, rules);
    expect(await native.rules(home)).toEqual(rules);
    expect(await native.rules(target)).toEqual([]);
  });

  test('tells what ECR refuses, and where', async () => {
    const rules = [{ destinations: [{ region: home, registryId: accountId }] }];
    await expect(native.replaceRules(home, rules)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('cannot be the same as the source') as unknown,
    });
  });

  test('says how far an image is in each region', async () => {
    await native.replaceRules(home, [{ destinations, filters: prefixes('shop/') }]);
    const statuses = () => native.statuses(home, repository, image.index.digest);
    expect(await statuses()).toEqual([]);
    pushIntoModel(models.ecr, { region: home, repository, tag: '1.0.0' }, image);
    expect(await statuses()).toEqual([{ region: target, state: 'under-way' }]);
    await new VirtualDriver(world).runFor(2 * 3_600_000);
    expect(await statuses()).toEqual([{ region: target, state: 'complete' }]);
  });

  test('says why an image failed', async () => {
    cloud.faults.add({
      ...{ kind: 'api-error', region: target, service: 'ecr', operation: 'ReplicateImage' },
    });
    const { digest } = models.ecr.putImage(home, repository, { ...image.index, tag: '1.0.1' });
    await new VirtualDriver(world).runFor(2 * 3_600_000);
    expect(await native.statuses(home, repository, digest)).toEqual([
      { region: target, state: 'failed', failureCode: 'InternalServerError' },
    ]);
  });
});
