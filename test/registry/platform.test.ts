import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { graphOf, type LabRegistry, RegistryLab, REPOSITORY } from './registry-lab.ts';
import { logIn, startImages } from './run-images.ts';

/** Layers of each platform, in bytes; the first is shared. */
const platforms = {
  'linux/amd64': [100_000, 40_000],
  'linux/arm64': [100_000, 50_000],
  'linux/arm/v7': [100_000, 60_000],
} as const;

type Platform = keyof typeof platforms;

let lab: RegistryLab;
let folder: string;
let source: LabRegistry;
let target: LabRegistry;

beforeEach(async () => {
  lab = new RegistryLab();
  folder = mkdtempSync(path.join(tmpdir(), 'farshore-platform-'));
  [source, target] = [await lab.registry(), await lab.registry()];
  const manifests = Object.keys(platforms).map((name) => {
    const [os, architecture, variant] = name.split('/');
    const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
    return { ...pushPlatform(source, name as Platform), platform };
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
  const { region, name } = source.content;
  lab.model.putImage(region, name, { body, mediaType, tag: 'v1', isSeed: true });
});

afterEach(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The image of one platform with a signature of its own; untagged unless it has a tag. */
function pushPlatform({ content }: LabRegistry, platform: Platform, tag = 'to-be-removed') {
  const digest = lab.pushImage(content, tag, platforms[platform]);
  const { body = '', manifest } = content.images.get(digest) ?? {};
  if (tag === 'to-be-removed') {
    content.tags.delete(tag);
    content.images.get(digest)?.tags.delete(tag);
  }
  const { mediaType = '' } = manifest ?? {};
  const subject = { digest, size: Buffer.byteLength(body), mediaType };
  const config = { digest: lab.model.addBlob(content, Buffer.from('{}')), size: 2 };
  const signature = {
    schemaVersion: 2,
    mediaType,
    artifactType: 'application/vnd.example.signature',
    config: { ...config, mediaType: 'application/vnd.oci.empty.v1+json' },
    layers: [],
    subject,
    annotations: { platform },
  };
  const put = { body: JSON.stringify(signature), mediaType, isSeed: true };
  lab.model.putImage(content.region, content.name, put);
  return subject;
}

async function copy(...flags: readonly string[]) {
  logIn(folder, [source.host, target.host]);
  const images = [`${source.host}/${REPOSITORY}:v1`, `${target.host}/${REPOSITORY}`];
  const started = startImages(folder, ['copy', ...images, ...flags]);
  return { status: await started.ended, ...started.said };
}

describe('a copy of one platform', () => {
  test.each(Object.keys(platforms) as Platform[])(
    'of %s is that image with what is attached to it, and nothing of the others',
    async (platform) => {
      expect(await copy('--platform', platform)).toMatchObject({ status: 0 });
      const wanted = await lab.registry();
      pushPlatform(wanted, platform, 'v1');
      expect(graphOf(target.content)).toEqual(graphOf(wanted.content));
    },
  );

  test('is refused for one that the image has not, and tells those that it has', async () => {
    const { status, stdout, stderr } = await copy('--platform', 'windows/amd64');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(
      /has no windows\/amd64.*it has linux\/amd64, linux\/arm64, linux\/arm\/v7/,
    );
    expect(target.content.images.size).toBe(0);
  });

  test('is refused for an image that is no index', async () => {
    lab.pushImage(source.content, 'v1', [1_000]);
    const { status, stderr } = await copy('--platform', 'linux/amd64');
    expect(status).toBe(2);
    expect(stderr).toMatch(/is one image for one platform; leave --platform out/);
  });
});
