import { gzipSync } from 'node:zlib';
import type { EcrModel } from './services/ecr/ecr-model.ts';
import { digestOfBytes, mediaTypes } from './services/ecr/manifest.ts';
import { tarOf } from './tar.ts';

/** A label of an image whose tasks exit soon after they started. */
export const CRASH_LABEL = 'farshore.sandbox/crash';
/** The label that says which version an image is; tasks tell it in their answers. */
export const VERSION_LABEL = 'org.opencontainers.image.version';

interface OciBlob {
  readonly digest: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

interface OciManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: string;
}

/** An image with all its parts: an index, a manifest for each platform, configs and layers. */
export interface OciLayout {
  readonly index: OciManifest;
  readonly manifests: readonly (OciManifest & { readonly architecture: string })[];
  readonly blobs: readonly OciBlob[];
}

export interface SampleImageOptions {
  readonly version: string;
  /** Makes its tasks exit, to see a rollout fail. */
  readonly crashes?: boolean;
  /** Bytes of one more layer that no compression shrinks. */
  readonly payloadBytes?: number;
}

/** A small image for two platforms; the same options give the same digests everywhere. */
export function sampleImage(options: SampleImageOptions): OciLayout {
  const platforms = ['amd64', 'arm64'].map((architecture) => platformOf(architecture, options));
  const manifests = platforms.map(({ manifest }) => manifest);
  const index = manifestOf(mediaTypes.index, {
    manifests: manifests.map(({ digest, mediaType, body, architecture }) => ({
      mediaType,
      digest,
      size: body.length,
      platform: { architecture, os: 'linux' },
    })),
    annotations: { [VERSION_LABEL]: options.version },
  });
  const blobs = new Map(
    platforms.flatMap((platform) => platform.blobs).map((blob) => [blob.digest, blob]),
  );
  return { index, manifests, blobs: [...blobs.values()] };
}

export interface ModelTarget {
  readonly region: string;
  readonly repository: string;
  readonly tag: string;
  /** Without events. */
  readonly isSeed?: boolean;
}

/** Puts an image into a registry of the local cloud as a push would, without a socket. */
export function pushIntoModel(model: EcrModel, target: ModelTarget, image: OciLayout): void {
  const { region, repository: name, tag, isSeed } = target;
  const repository = model.repository(region, name);
  for (const blob of image.blobs) model.addBlob(repository, blob.content);
  for (const manifest of image.manifests) {
    if (!repository.images.has(manifest.digest)) {
      model.putImage(region, name, { ...manifest, isSeed });
    }
  }
  if (repository.tags.get(tag) === image.index.digest) return;
  model.putImage(region, name, { ...image.index, tag, isSeed });
}

export interface PushTarget {
  /** Address of the registry, such as `http://127.0.0.1:5000`. */
  readonly registry: string;
  /** `AWS:<token>`, as docker login sends it. */
  readonly credentials: string;
  readonly repository: string;
  readonly tag: string;
}

/**
 * Pushes an image over the registry protocol, as docker does: blobs, children, index with the tag.
 * Returns the digest of the index.
 */
export async function pushImage(
  target: PushTarget & { readonly image: OciLayout },
): Promise<string> {
  const { image } = target;
  for (const blob of image.blobs) await pushBlob(target, blob);
  for (const manifest of image.manifests) await pushManifest(target, manifest, manifest.digest);
  await pushManifest(target, image.index, target.tag);
  return image.index.digest;
}

interface Platform {
  readonly manifest: OciManifest & { readonly architecture: string };
  readonly blobs: readonly OciBlob[];
}

function platformOf(architecture: string, options: SampleImageOptions): Platform {
  const tars = [
    tarOf([{ name: 'etc/base', content: `base for ${architecture}\n` }]),
    tarOf([{ name: 'srv/version', content: `${options.version}\n` }]),
    ...(options.payloadBytes === undefined
      ? []
      : [tarOf([{ name: 'srv/payload', content: noise(options.payloadBytes) }])]),
  ];
  const layers = tars.map((tar) => blobOf(mediaTypes.layer, gzipSync(tar)));
  const config = blobOf(mediaTypes.config, Buffer.from(JSON.stringify(configOf(architecture))));
  const manifest = manifestOf(mediaTypes.manifest, {
    config: descriptorOf(config),
    layers: layers.map(descriptorOf),
  });
  return { manifest: { ...manifest, architecture }, blobs: [...layers, config] };

  function configOf(platform: string): object {
    return {
      created: '2026-01-01T00:00:00Z',
      architecture: platform,
      os: 'linux',
      config: {
        Cmd: ['/srv/start'],
        Labels: {
          [VERSION_LABEL]: options.version,
          ...(options.crashes === true ? { [CRASH_LABEL]: 'true' } : {}),
        },
      },
      rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOfBytes(tar)) },
    };
  }
}

function blobOf(mediaType: string, content: Uint8Array): OciBlob {
  return { digest: digestOfBytes(content), mediaType, content };
}

const descriptorOf = ({ mediaType, digest, content }: OciBlob) => ({
  mediaType,
  digest,
  size: content.length,
});

function manifestOf(mediaType: string, rest: object): OciManifest {
  const body = JSON.stringify({ schemaVersion: 2, mediaType, ...rest });
  return { digest: digestOfBytes(body), mediaType, body };
}

/** Bytes that gzip cannot shrink, the same on every machine (a 32-bit xorshift). */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 0x9e3779b9;
  for (let place = 0; place < length; place += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[place] = state & 0xff;
  }
  return bytes;
}

async function pushBlob(target: PushTarget, { digest, content }: OciBlob): Promise<void> {
  const { repository } = target;
  const found = await ask(target, 'HEAD', `/v2/${repository}/blobs/${digest}`);
  if (found.status === 200) return;
  const started = await ask(target, 'POST', `/v2/${repository}/blobs/uploads/`);
  const location = started.headers.get('location');
  if (started.status !== 202 || location === null) throw await failure('start an upload', started);
  const put = new URL(location, target.registry);
  put.searchParams.set('digest', digest);
  const done = await ask(target, 'PUT', `${put.pathname}${put.search}`, {
    body: content,
    contentType: 'application/octet-stream',
  });
  if (done.status !== 201) throw await failure(`upload ${digest}`, done);
}

async function pushManifest(
  target: PushTarget,
  { body, mediaType }: OciManifest,
  reference: string,
): Promise<void> {
  const path = `/v2/${target.repository}/manifests/${reference}`;
  const answer = await ask(target, 'PUT', path, { body, contentType: mediaType });
  if (answer.status !== 201) throw await failure(`push manifest ${reference}`, answer);
}

interface Content {
  readonly body: string | Uint8Array;
  readonly contentType: string;
}

function ask(
  target: PushTarget,
  method: string,
  path: string,
  content?: Content,
): Promise<Response> {
  return fetch(new URL(path, target.registry), {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(target.credentials).toString('base64')}`,
      ...(content === undefined ? {} : { 'content-type': content.contentType }),
    },
    ...(content === undefined ? {} : { body: Buffer.from(content.body) }),
  });
}

async function failure(what: string, answer: Response): Promise<Error> {
  return new Error(`could not ${what}: ${answer.status} ${await answer.text()}`);
}
