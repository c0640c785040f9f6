import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbJournal } from '../../aws/dynamodb-journal.ts';
import { EcrRegistry } from '../../aws/ecr-registry.ts';
import { EcsServices } from '../../aws/ecs-services.ts';
import { S3Latch } from '../../aws/s3-latch.ts';
import { journalKeys } from '../../core/contract/journal.ts';
import { names } from '../../core/contract/names.ts';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import { answerCommand } from '../../sandbox/embed.ts';
import { World } from '../../sandbox/world.ts';
import { clients } from './every-client.ts';
import { createJournalTable, JOURNAL_TABLE } from './journal-table.ts';
import { shopFleet } from './shop-fleet.ts';

const regions = ['us-east-1', 'us-west-2', 'us-east-2'] as const;
const accountId = '123456789012';

function localCloud() {
  const world = new World({ seed: 1, startMs: 0 });
  const { cloud, models } = buildCloud({ world, accountId, regions });
  const from = (region: string) =>
    clients({
      answer: (to) => (command) =>
        answerCommand(cloud, { principal: { region }, region: to.region }, command),
    });
  return { cloud, models, from };
}

function journalCloud() {
  const { cloud, models, from } = localCloud();
  createJournalTable(models.dynamodb, regions);
  let count = 0;
  const journalIn = (region: string) =>
    new DynamoDbJournal({
      client: from(region).dynamodb,
      table: JOURNAL_TABLE,
      regions: [region, ...regions.filter((other) => other !== region)],
      ids: { next: () => `writer-${++count}` },
    });
  return { cloud, journalIn };
}

describe('the journal', () => {
  const key = journalKeys.lease('storefront');

  test('has one winner among writers of one version', async () => {
    const { journalIn } = journalCloud();
    const [east, west] = [journalIn('us-east-1'), journalIn('us-west-2')];
    const wins = await Promise.all([
      east.write(key, { holder: 'rollout' }, undefined),
      west.write(key, { holder: 'failover' }, undefined),
    ]);
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect(await east.read(key)).toEqual(await west.read(key));
  });

  test('goes on while the nearest replica is cut off', async () => {
    const { cloud, journalIn } = journalCloud();
    const journal = journalIn('us-west-2');
    await journal.write(key, { n: 1 }, undefined);
    cloud.faults.add({ kind: 'control-plane-down', region: 'us-west-2', service: 'dynamodb' });
    expect(await journal.read(key)).toMatchObject({ version: 1, body: { n: 1 } });
    expect(await journal.write(key, { n: 2 }, 1)).toBe(true);
  });

  test('knows its own write although the answer was lost', async () => {
    const { cloud, journalIn } = journalCloud();
    cloud.faults.add({ kind: 'lost-response', region: 'us-west-2', operation: 'PutItem' });
    expect(await journalIn('us-west-2').write(key, { n: 1 }, undefined)).toBe(true);
    expect(await journalIn('us-east-1').read(key)).toMatchObject({ version: 1, body: { n: 1 } });
  });

  test('fails, and guesses nothing, from a region that is cut off from all others', async () => {
    const { cloud, journalIn } = journalCloud();
    const others = regions.filter((region) => region !== 'us-west-2');
    for (const to of others) {
      cloud.faults.add({ kind: 'link-cut', region: 'us-west-2', to });
    }
    await expect(journalIn('us-west-2').read(key)).rejects.toThrow('answers in none of');
  });

  test('lists by prefix, in both orders', async () => {
    const { journalIn } = journalCloud();
    const journal = journalIn('us-east-1');
    for (const observer of ['a', 'b', 'c']) {
      await journal.write(journalKeys.evidence('storefront', observer), { observer }, undefined);
    }
    await journal.write(key, {}, undefined);
    const partition = journalKeys.appPartition('storefront');
    const sorts = async (options: object) =>
      (await journal.list(partition, options)).map(({ sort }) => sort);
    const prefix = journalKeys.evidencePrefix;
    expect(await sorts({ prefix })).toEqual(['evidence#a', 'evidence#b', 'evidence#c']);
    expect(await sorts({ prefix, newestFirst: true, limit: 2 })).toEqual([
      'evidence#c',
      'evidence#b',
    ]);
  });
});

describe('the latch', () => {
  function latchCloud() {
    const { cloud, models, from } = localCloud();
    const bucket = names.latchBucket(shopFleet.name, accountId, 'us-west-2');
    models.s3.create(bucket, 'us-west-2');
    const latch = new S3Latch({ client: from('us-east-2').s3, fleet: shopFleet, accountId });
    const text = () => {
      const content = models.s3.find(bucket)?.current('storefront/us-east-1')?.content;
      return content === undefined ? undefined : new TextDecoder().decode(content);
    };
    return { cloud, latch, text };
  }

  test('follows the higher epoch and no other', async () => {
    const { latch, text } = latchCloud();
    expect(await latch.write('storefront', { latched: true, epoch: 2 })).toBe(true);
    expect(await latch.write('storefront', { latched: true, epoch: 2 })).toBe(true);
    expect(await latch.write('storefront', { latched: false, epoch: 1 })).toBe(false);
    expect(await latch.write('storefront', { latched: false, epoch: 2 })).toBe(false);
    expect(text()).toBe('LATCHED epoch=2');
    expect(await latch.write('storefront', { latched: false, epoch: 3 })).toBe(true);
    expect(await latch.read('storefront')).toEqual({ latched: false, epoch: 3 });
  });

  test('ends with one of two writers of one epoch, and the other knows it', async () => {
    const { latch } = latchCloud();
    const written = await Promise.all([
      latch.write('storefront', { latched: true, epoch: 1 }),
      latch.write('storefront', { latched: false, epoch: 1 }),
    ]);
    expect(written.filter(Boolean)).toHaveLength(1);
    expect((await latch.read('storefront')).latched).toBe(written[0]);
  });

  test('is written although the answer was lost', async () => {
    const { cloud, latch, text } = latchCloud();
    const { id } = cloud.faults.add({
      kind: 'lost-response',
      region: 'us-west-2',
      operation: 'PutObject',
    });
    const state = { latched: true, epoch: 1 };
    await expect(latch.write('storefront', state)).rejects.toThrow('was lost');
    cloud.faults.clear(id);
    expect(await latch.write('storefront', state)).toBe(true);
    expect(text()).toBe('LATCHED epoch=1');
  });
});

describe('the registry', () => {
  function registryCloud() {
    const { models, from } = localCloud();
    for (const region of regions) models.ecr.createRepository(region, 'shop/web');
    return { registry: (region: string) => new EcrRegistry(from('us-west-2').ecr(region), fetch) };
  }

  const digestOf = (content: Uint8Array | string) =>
    `sha256:${createHash('sha256').update(content).digest('hex')}`;

  async function* once(content: Uint8Array): AsyncGenerator<Uint8Array, void> {
    yield await Promise.resolve(content);
  }

  function image() {
    const layer = new Uint8Array(6 * 1_048_576).fill(7);
    const config = new TextEncoder().encode('{}');
    const blob = (content: Uint8Array, mediaType: string) => ({
      descriptor: { digest: digestOf(content), size: content.byteLength, mediaType },
      content,
    });
    const blobs = [
      blob(config, 'application/vnd.oci.image.config.v1+json'),
      blob(layer, 'application/vnd.oci.image.layer.v1.tar+gzip'),
    ] as const;
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: blobs[0].descriptor,
      layers: [blobs[1].descriptor],
    });
    return { blobs, manifest: { digest: digestOf(body), mediaType, body } };
  }

  test('takes an image once, blobs first, and gives the same bytes back', async () => {
    const { registry } = registryCloud();
    const { blobs, manifest } = image();
    const target = registry('us-west-2');
    const digests = blobs.map(({ descriptor }) => descriptor.digest);
    expect(await target.missingBlobs('shop/web', digests)).toEqual(digests);
    expect(await target.putManifest('shop/web', manifest, '1.0.0')).toBe('incomplete');
    for (const { descriptor, content } of [...blobs, ...blobs]) {
      await target.writeBlob('shop/web', descriptor, () => once(content));
    }
    expect(await target.missingBlobs('shop/web', digests)).toEqual([]);
    expect(await target.putManifest('shop/web', manifest, '1.0.0')).toBe('written');
    expect(await target.putManifest('shop/web', manifest, '1.0.0')).toBe('present');
    expect(await target.manifest('shop/web', '1.0.0')).toEqual(manifest);
    expect(await target.tags('shop/web')).toEqual([
      { tag: '1.0.0', digest: manifest.digest, pushedAtMs: 0 },
    ]);
    expect(await target.referrers('shop/web', manifest.digest)).toEqual([]);
    expect(await registry('us-east-1').manifest('shop/web', '1.0.0')).toBeUndefined();
  });

  test('refuses bytes that are not those of the digest', async () => {
    const { registry } = registryCloud();
    const { blobs } = image();
    const [{ descriptor }] = blobs;
    const write = registry('us-west-2').writeBlob('shop/web', descriptor, () =>
      once(new TextEncoder().encode('[]')),
    );
    await expect(write).rejects.toMatchObject({ name: 'InvalidLayerException' });
  });
});

describe('a service', () => {
  const ref = { region: 'us-west-2', cluster: 'shop', service: 'web', container: 'app' };
  const imageOf = (letter: string) => `registry/shop/web@sha256:${letter.repeat(64)}`;

  function serviceCloud() {
    const { cloud, models, from } = localCloud();
    models.ecs.createCluster('us-west-2', 'shop');
    const taskDefinition = models.ecs.registerTaskDefinition('us-west-2', {
      family: 'web',
      cpu: '256',
      containerDefinitions: [{ name: 'app', image: imageOf('a') }],
      tags: [{ key: 'team', value: 'shop' }],
    });
    models.ecs.addService({ ...ref, taskDefinition, desiredCount: 2 });
    const { ecs, elb } = from('us-west-2');
    const revisions = () => models.ecs.taskDefinitions.all('us-west-2').length;
    return { cloud, services: new EcsServices({ ecs, elb }), revisions };
  }

  test('gets a new image, and another one from the revision before it', async () => {
    const { services, revisions } = serviceCloud();
    const second = await services.deploy(ref, imageOf('b'));
    expect(await services.describe(ref)).toMatchObject({
      taskDefinition: second,
      image: imageOf('b'),
      desired: 2,
    });
    expect(await services.deploy(ref, imageOf('b'))).toBe(second);
    expect(revisions()).toBe(2);
    await services.deploy(ref, imageOf('c'));
    expect(await services.describe(ref)).toMatchObject({ image: imageOf('c') });
    expect(revisions()).toBe(3);
  });

  test('gets no second revision when the first attempt died before the update', async () => {
    const { cloud, services, revisions } = serviceCloud();
    const match = { region: 'us-west-2', service: 'ecs', operation: 'UpdateService' };
    const { id } = cloud.faults.add({ kind: 'api-throttle', ...match });
    await expect(services.deploy(ref, imageOf('b'))).rejects.toThrow('ECS UpdateService');
    cloud.faults.clear(id);
    await services.deploy(ref, imageOf('b'));
    expect(revisions()).toBe(2);
    expect(await services.describe(ref)).toMatchObject({ image: imageOf('b') });
  });

  test('keeps its image when the desired count changes', async () => {
    const { services } = serviceCloud();
    await services.setDesiredCount(ref, 5);
    expect(await services.describe(ref)).toMatchObject({ desired: 5, image: imageOf('a') });
  });

  test('goes back to a revision that exists', async () => {
    const { services } = serviceCloud();
    const before = (await services.describe(ref))?.taskDefinition ?? '';
    await services.deploy(ref, imageOf('b'));
    await services.useTaskDefinition(ref, before);
    expect(await services.describe(ref)).toMatchObject({ image: imageOf('a') });
  });

  test('that does not exist is not described', async () => {
    const { services } = serviceCloud();
    expect(await services.describe({ ...ref, service: 'other' })).toBeUndefined();
    expect(await services.describe({ ...ref, cluster: 'other' })).toBeUndefined();
  });
});
