import { expect, test } from '@jest/globals';
import { canPullLocally } from '../../../core/failover/can-pull-locally.ts';
import { FakeCloud } from '../fake-ports.ts';

const here = { region: 'us-west-2', repository: 'shop/storefront' };
const digest = `sha256:${'a'.repeat(64)}`;
const host = (region: string) => `123456789012.dkr.ecr.${region}.amazonaws.com`;

test.each([
  [`${host('us-east-1')}/shop/storefront@${digest}`, false],
  [`${host('us-west-2')}/shop/storefront@${digest}`, false],
  [`${host('us-west-2')}/shop/base@${digest}`, true],
  ['public.ecr.aws/nginx/nginx:1', true],
])('%s: %p', async (image, expected) => {
  expect(await canPullLocally(new FakeCloud().images, image, here)).toBe(expected);
});

test('an image that its own registry holds can be pulled', async () => {
  const { images } = new FakeCloud();
  const manifest = { digest, mediaType: 'application/json', body: '{}' };
  images.in('us-west-2').manifest = () => Promise.resolve(manifest);
  const image = `${host('us-west-2')}/shop/storefront@${digest}`;
  expect(await canPullLocally(images, image, here)).toBe(true);
});
