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
