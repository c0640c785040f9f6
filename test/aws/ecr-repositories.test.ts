import { expect, test } from '@jest/globals';
import { EcrRepositories } from '../../aws/ecr-repositories.ts';
import { buildCloud } from '../../sandbox/build-cloud.ts';
import { answerCommand } from '../../sandbox/embed.ts';
import { World } from '../../sandbox/world.ts';
import { clients } from './every-client.ts';

const regions = ['us-east-1', 'us-west-2'] as const;

function registries() {
  const world = new World({ seed: 1, startMs: 5_000 });
  const { cloud, models } = buildCloud({ world, accountId: '123456789012', regions });
  const made = clients({
    answer: (to) => (command) =>
      answerCommand(cloud, { principal: { region: 'us-east-1' }, region: to.region }, command),
  });
  return { ecr: models.ecr, repositories: new EcrRepositories((region) => made.ecr(region)) };
}

const mediaType = 'application/vnd.oci.image.index.v1+json';

test('lists tagged and untagged images, and what is attached to which', async () => {
  const { ecr, repositories } = registries();
  ecr.createRepository('us-east-1', 'shop/web');
  const put = (content: object, tag?: string) =>
    ecr.putImage('us-east-1', 'shop/web', {
      body: JSON.stringify({ schemaVersion: 2, mediaType, manifests: [], ...content }),
      tag,
    });
  const image = put({ annotations: { name: 'image' } }, '1.0.0');
  put({ annotations: { name: 'image' } }, 'stable');
  const subject = { mediaType, digest: image.digest, size: image.body.length };
  const signature = put({ subject });
  expect(await repositories.list('us-east-1', 'shop/web')).toEqual([
    { digest: image.digest, tags: ['1.0.0', 'stable'], pushedAtMs: 5_000 },
    { digest: signature.digest, tags: [], pushedAtMs: 5_000, subject: image.digest },
  ]);
});

test('tells a repository that is missing from an empty one', async () => {
  const { ecr, repositories } = registries();
  ecr.createRepository('us-east-1', 'shop/web');
  expect(await repositories.list('us-east-1', 'shop/web')).toEqual([]);
  expect(await repositories.list('us-west-2', 'shop/web')).toBeUndefined();
});

test('makes a repository like another one, also when it was interrupted before', async () => {
  const { ecr, repositories } = registries();
  const source = ecr.createRepository('us-east-1', 'shop/web', 'IMMUTABLE');
  source.scansOnPush = true;
  source.encryption = { encryptionType: 'KMS', kmsKey: 'arn:aws:kms:us-east-1:1:key/here' };
  source.lifecyclePolicy = '{"rules":[]}';
  source.accessPolicy = '{"Statement":[]}';
  const settings = await repositories.settings('us-east-1', 'shop/web');
  expect(settings).toEqual({
    mutability: 'IMMUTABLE',
    exclusions: [],
    scansOnPush: true,
    encryption: 'KMS',
    lifecyclePolicy: '{"rules":[]}',
    accessPolicy: '{"Statement":[]}',
  });
  if (settings === undefined) throw new Error('no settings');
  const kmsKey = 'arn:aws:kms:us-west-2:1:key/there';
  await repositories.create('us-west-2', 'shop/web', { ...settings, kmsKey });
  const made = ecr.repository('us-west-2', 'shop/web');
  expect(made.encryption).toEqual({ encryptionType: 'KMS', kmsKey });
  expect(await repositories.settings('us-west-2', 'shop/web')).toEqual(settings);

  made.lifecyclePolicy = undefined;
  made.accessPolicy = '{"Statement":["its own"]}';
  await repositories.create('us-west-2', 'shop/web', settings);
  expect(made.lifecyclePolicy).toBe('{"rules":[]}');
  expect(made.accessPolicy).toBe('{"Statement":["its own"]}');
});

test('knows no settings of a repository that is not there', async () => {
  const { repositories } = registries();
  expect(await repositories.settings('us-east-1', 'shop/web')).toBeUndefined();
});

test('removes a tag as long as it names the image, and tells what the registry refuses', async () => {
  const { ecr, repositories } = registries();
  const repository = ecr.createRepository('us-east-1', 'shop/web');
  const put = (name: string, tag: string | undefined, manifests: readonly object[] = []) => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests, annotations: { name } });
    return ecr.putImage('us-east-1', 'shop/web', { body, tag });
  };
  const one = put('one', '1.0.0');
  put('one', 'stable');
  const two = put('two', '2.0.0');
  const index = put('index', undefined, [{ mediaType, digest: two.digest, size: 1 }]);
  const remove = (digest: string, tag?: string) =>
    repositories.remove('us-east-1', 'shop/web', [
      { digest, ...(tag === undefined ? {} : { tag }) },
    ]);
  expect(await remove(one.digest, 'stable')).toEqual([]);
  expect(await remove(one.digest, 'stable')).toEqual([]);
  expect(await remove(one.digest, '2.0.0')).toMatchObject([
    { digest: one.digest, tag: '2.0.0', cause: expect.stringMatching(/^ImageTagDoesNotMatch/) },
  ]);
  expect(await remove(two.digest, '2.0.0')).toMatchObject([
    { cause: expect.stringMatching(/^ImageReferencedByManifestList/) },
  ]);
  expect(await remove(one.digest, '1.0.0')).toEqual([]);
  expect([...repository.images.keys()]).toEqual([two.digest, index.digest]);
  expect(await repositories.remove('us-west-2', 'shop/web', [{ digest: one.digest }])).toEqual([]);
});
