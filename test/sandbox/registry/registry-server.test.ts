import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { writeOciLayout } from '../../../sandbox/oci-layout.ts';
import type { RegistryProfile } from '../../../sandbox/registry/registry-reply.ts';
import { RegistryServer } from '../../../sandbox/registry/registry-server.ts';
import { pushImage, sampleImage } from '../../../sandbox/sample-image.ts';
import { EcrModel } from '../../../sandbox/services/ecr/ecr-model.ts';
import { digestOfBytes } from '../../../sandbox/services/ecr/manifest.ts';
import { ACCOUNT_ID, caller, recordingHub, REGION, worldFrom } from '../recording-hub.ts';

const SKOPEO = '/usr/bin/skopeo';
const repository = 'shop/storefront';
const authorization = `Basic ${Buffer.from('AWS:token').toString('base64')}`;
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanups.splice(0)) await cleanUp();
});

async function startRegistry(profile: RegistryProfile = 'oci') {
  const world = worldFrom();
  const hub = recordingHub(world);
  const model = new EcrModel(world, hub, { accountId: ACCOUNT_ID });
  model.createRepository(REGION, repository);
  const server = new RegistryServer({ model, region: REGION, profile });
  const url = await server.listen();
  cleanups.push(async () => {
    await server.close();
    model.close();
  });
  const ask = (method: string, path: string, init: RequestInit = {}) =>
    fetch(new URL(path, url), {
      ...init,
      method,
      headers: { authorization, ...(init.headers as Record<string, string> | undefined) },
    });
  const push = (tag: string, image = sampleImage({ version: tag })) =>
    pushImage({ registry: url, credentials: 'AWS:token', repository, tag, image });
  return { world, hub, model, url, ask, push };
}

const locationOf = (answer: Response): string => answer.headers.get('location') ?? '';

describe('the registry', () => {
  it('asks for credentials', async () => {
    const { url, ask } = await startRegistry();
    const refused = await fetch(`${url}/v2/`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    expect((await ask('GET', '/v2/')).status).toBe(200);
  });

  it('takes a pushed image and gives it back by tag and digest', async () => {
    const { hub, ask, push } = await startRegistry();
    const image = sampleImage({ version: '1.0.0' });
    const digest = await push('1.0.0', image);
    for (const reference of ['1.0.0', digest]) {
      const answer = await ask('GET', `/v2/${repository}/manifests/${reference}`);
      expect(answer.headers.get('docker-content-digest')).toBe(digest);
      expect(await answer.text()).toBe(image.index.body);
    }
    const head = await ask('HEAD', `/v2/${repository}/manifests/1.0.0`);
    expect(head.headers.get('content-length')).toBe(`${image.index.body.length}`);
    expect(hub.events.map(({ detailType }) => detailType)).toEqual(
      Array.from({ length: 3 }, () => 'ECR Image Action'),
    );
    await push('1.0.0', image);
    expect(hub.events).toHaveLength(3);
  });

  it.each([
    ['bytes=0-3', 206, 'base'],
    ['bytes=-3', 206, '64\n'],
    ['bytes=9-', 206, 'amd64\n'],
    ['bytes=99-', 416, ''],
    ['lines=1', 200, 'base for amd64\n'],
  ])('serves the range %s of a blob', async (range, status, text) => {
    const { model, ask } = await startRegistry();
    const content = Buffer.from('base for amd64\n');
    const digest = model.addBlob(model.repository(REGION, repository), content);
    const path = `/v2/${repository}/blobs/${digest}`;
    const answer = await ask('GET', path, { headers: { range } });
    expect([answer.status, await answer.text()]).toEqual([status, text]);
  });

  it('takes a blob in chunks, and says where an out-of-order one should start', async () => {
    const { ask } = await startRegistry();
    const started = await ask('POST', `/v2/${repository}/blobs/uploads/`);
    const location = locationOf(started);
    const first = await ask('PATCH', location, { body: 'hello ' });
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-5']);
    const headers = { 'content-range': '0-5' };
    const again = await ask('PATCH', location, { body: 'hello ', headers });
    expect([again.status, again.headers.get('range')]).toEqual([416, '0-5']);
    expect((await ask('GET', location)).status).toBe(204);
    const digest = digestOfBytes('hello world');
    const wrong = await ask('PUT', `${location}?digest=${digestOfBytes('x')}`);
    expect(wrong.status).toBe(400);
    const done = await ask('PUT', `${location}?digest=${digest}`, { body: 'world' });
    expect(done.status).toBe(201);
    expect(await (await ask('GET', locationOf(done))).text()).toBe('hello world');
  });

  it('takes a blob in one request, mounts it elsewhere and cancels uploads', async () => {
    const { model, ask } = await startRegistry();
    model.createRepository(REGION, 'shop/orders');
    const digest = digestOfBytes('whole');
    const uploads = `/v2/${repository}/blobs/uploads/`;
    expect((await ask('POST', `${uploads}?digest=${digest}`, { body: 'whole' })).status).toBe(201);
    const mount = `/v2/shop/orders/blobs/uploads/?mount=${digest}&from=${repository}`;
    expect((await ask('POST', mount)).status).toBe(201);
    expect((await ask('HEAD', `/v2/shop/orders/blobs/${digest}`)).status).toBe(200);
    const location = locationOf(await ask('POST', uploads));
    expect((await ask('DELETE', location)).status).toBe(204);
    expect((await ask('PATCH', location, { body: 'x' })).status).toBe(404);
  });

  it('lists tags in pages and the referrers of an image', async () => {
    const { model, ask, push } = await startRegistry();
    const image = sampleImage({ version: '1.0.0' });
    for (const tag of ['b', 'a', 'c']) await push(tag, image);
    const first = await ask('GET', `/v2/${repository}/tags/list?n=2`);
    expect(await first.json()).toEqual({ name: repository, tags: ['a', 'b'] });
    const next = /<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(await (await ask('GET', next)).json()).toEqual({ name: repository, tags: ['c'] });
    const empty = model.addBlob(model.repository(REGION, repository), Buffer.from('{}'));
    const signature = JSON.stringify({
      schemaVersion: 2,
      artifactType: 'application/vnd.example.signature',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: empty, size: 2 },
      layers: [],
      subject: { digest: image.index.digest, size: 1 },
    });
    const path = `/v2/${repository}/manifests/${digestOfBytes(signature)}`;
    const put = await ask('PUT', path, { body: signature });
    expect(put.headers.get('oci-subject')).toBe(image.index.digest);
    const listed = await ask('GET', `/v2/${repository}/referrers/${image.index.digest}`);
    expect(await listed.json()).toMatchObject({
      manifests: [{ artifactType: 'application/vnd.example.signature' }],
    });
  });

  it.each([
    ['GET', '/v2/nope/manifests/latest', 404, 'NAME_UNKNOWN'],
    ['GET', `/v2/${repository}/manifests/nope`, 404, 'MANIFEST_UNKNOWN'],
    ['GET', `/v2/${repository}/blobs/sha256:0`, 404, 'BLOB_UNKNOWN'],
    ['PUT', `/v2/${repository}/manifests/x`, 400, 'MANIFEST_INVALID'],
    ['POST', `/v2/${repository}/tags/list`, 405, 'UNSUPPORTED'],
  ])('answers %s %s with an error a client understands', async (method, path, status, code) => {
    const { ask } = await startRegistry();
    const answer = await ask(method, path);
    expect([answer.status, await answer.json()]).toMatchObject([status, { errors: [{ code }] }]);
  });

  it('serves download links of the API without credentials', async () => {
    const { world, model, push } = await startRegistry();
    const image = sampleImage({ version: '1.0.0' });
    await push('1.0.0', image);
    const { downloadUrl } = await caller(world, model.service).call<{ downloadUrl: string }>(
      'GetDownloadUrlForLayer',
      { repositoryName: repository, layerDigest: image.blobs[0]?.digest },
    );
    const part = await fetch(downloadUrl, { headers: { range: 'bytes=0-1' } });
    expect([part.status, await part.bytes()]).toEqual([206, new Uint8Array([0x1f, 0x8b])]);
    expect((await fetch(downloadUrl.replace('signature=', 'signature=0'))).status).toBe(403);
  });

  it('hangs up while its region is down', async () => {
    const { hub, ask } = await startRegistry();
    hub.down.add(REGION);
    await expect(ask('GET', '/v2/')).rejects.toThrow('fetch failed');
    hub.down.clear();
    expect((await ask('GET', '/v2/')).status).toBe(200);
  });
});

describe('the registry with the quirks of ECR', () => {
  it('answers 201 to chunks, lets the range stick and refuses short ones at the end', async () => {
    const { ask } = await startRegistry('ecr-quirks');
    const location = locationOf(await ask('POST', `/v2/${repository}/blobs/uploads/`));
    await ask('PATCH', location, { body: 'hello ' });
    const second = await ask('PATCH', location, { body: 'world' });
    expect([second.status, second.headers.get('range')]).toEqual([201, '0-5']);
    const put = await ask('PUT', `${location}?digest=${digestOfBytes('hello world')}`);
    expect(put.status).toBe(400);
  });

  it('hangs up on an upload to a missing repository', async () => {
    const { ask } = await startRegistry('ecr-quirks');
    await expect(ask('POST', '/v2/nope/blobs/uploads/')).rejects.toThrow('fetch failed');
  });
});

const withSkopeo = existsSync(SKOPEO) ? describe : describe.skip;
if (!existsSync(SKOPEO)) console.warn(`${SKOPEO} is not installed: its tests are skipped`);

withSkopeo('skopeo', () => {
  it.each(['oci', 'ecr-quirks'] as const)(
    'pushes and reads a whole image (%s)',
    async (profile) => {
      const { url } = await startRegistry(profile);
      const folder = mkdtempSync(join(tmpdir(), 'farshore-oci-'));
      cleanups.push(() => {
        rmSync(folder, { recursive: true });
      });
      const image = sampleImage({ version: '1.0.0', payloadBytes: 9 * 1024 * 1024 });
      writeOciLayout(join(folder, 'in'), image, '1.0.0');
      const target = `docker://${new URL(url).host}/${repository}:1.0.0`;
      const run = (...args: readonly string[]) => promisify(execFile)(SKOPEO, args);
      const source = `oci:${join(folder, 'in')}:1.0.0`;
      const destination = ['--dest-tls-verify=false', '--dest-creds', 'AWS:token'];
      await run('copy', '--all', ...destination, source, target);
      const raw = await run(
        'inspect',
        '--raw',
        '--tls-verify=false',
        '--creds',
        'AWS:token',
        target,
      );
      expect(raw.stdout).toBe(image.index.body);
      const back = `dir:${join(folder, 'out')}`;
      await run(
        'copy',
        '--all',
        '--src-tls-verify=false',
        '--src-creds',
        'AWS:token',
        target,
        back,
      );
    },
  );
});
