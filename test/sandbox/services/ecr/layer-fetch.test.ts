import { expect, it } from '@jest/globals';
import { pushIntoModel, sampleImage } from '../../../../sandbox/sample-image.ts';
import { EcrModel } from '../../../../sandbox/services/ecr/ecr-model.ts';
import { layerFetch } from '../../../../sandbox/services/ecr/layer-fetch.ts';
import { ACCOUNT_ID, recordingHub, REGION, worldFrom } from '../../recording-hub.ts';

function linkedLayer() {
  const world = worldFrom();
  const hub = recordingHub(world);
  const model = new EcrModel(world, hub, { accountId: ACCOUNT_ID });
  model.createRepository(REGION, 'shop/web');
  const image = sampleImage({ version: '1.0.0' });
  pushIntoModel(model, { region: REGION, repository: 'shop/web', tag: '1' }, image);
  const content = image.blobs[0]?.content ?? new Uint8Array();
  const link = model.links.create(REGION, 'shop/web', image.blobs[0]?.digest ?? '');
  return { hub, content, link, fetch: layerFetch(model, 'us-west-2') };
}

it('reads a layer, whole or from where a download broke off', async () => {
  const { fetch, link, content } = linkedLayer();
  expect(await (await fetch(link)).bytes()).toEqual(new Uint8Array(content));
  const rest = await fetch(link, { headers: { range: 'bytes=4-' } });
  expect([rest.status, await rest.bytes()]).toEqual([206, new Uint8Array(content.subarray(4))]);
});

it('refuses altered links, other addresses and regions that are down', async () => {
  const { hub, fetch, link } = linkedLayer();
  expect((await fetch(link.replace('signature=', 'signature=0'))).status).toBe(403);
  await expect(fetch('https://example.com/')).rejects.toThrow('no layer is at');
  hub.down.add(REGION);
  await expect(fetch(link)).rejects.toThrow('fetch failed');
});
