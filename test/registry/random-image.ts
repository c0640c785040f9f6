import { createHash } from 'node:crypto';
import { digestOfBytes } from '../../sandbox/services/ecr/manifest.ts';
import type { EcrModel } from '../../sandbox/services/ecr/ecr-model.ts';
import type { Repository } from '../../sandbox/services/ecr/repository.ts';

const manifestTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
};

const layerTypes = [
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
  'application/vnd.example.model.weights',
];

const plainTypes = { oci: layerTypes.slice(0, 2), docker: layerTypes.slice(2, 3) };

const FOREIGN = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';

interface Part {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

export interface RandomImageOptions {
  readonly seed: number;
  readonly tag: string;
  /** Size of the largest layer; most are much smaller. */
  readonly layerBytesMax?: number;
  /** Only what every client copies: layers of the image's own kind, no indexes in indexes. */
  readonly isPlain?: boolean;
}

/**
 * Pushes an image of random shape: nested indexes, shared and empty layers, zstd and foreign ones,
 * Docker and OCI types, signatures by tag and referrers of referrers.
 */
export function pushRandomImage(
  model: EcrModel,
  repository: Repository,
  options: RandomImageOptions,
): string {
  const { seed, tag, layerBytesMax = 60_000, isPlain = false } = options;
  const random = randomFrom(seed);
  const isDocker = random() < 0.3;
  const types = isPlain ? plainTypes[isDocker ? 'docker' : 'oci'] : layerTypes;
  const blobs: Part[] = [];
  const put = (body: object, mediaType: string, name?: string): Part => {
    const text = JSON.stringify({ schemaVersion: 2, mediaType, ...body });
    const digest = digestOfBytes(text);
    const known =
      repository.images.has(digest) && (name === undefined || repository.tags.has(name));
    if (!known) {
      model.putImage(repository.region, repository.name, {
        body: text,
        mediaType,
        ...(name === undefined ? {} : { tag: name }),
        isSeed: true,
      });
    }
    return { digest, size: Buffer.byteLength(text), mediaType };
  };
  const blob = (mediaType: string): Part => {
    const known = blobs[Math.floor(random() * blobs.length)];
    if (known !== undefined && random() < 0.3) return { ...known, mediaType };
    const size = random() < 0.1 ? 0 : Math.floor(layerBytesMax * random() ** 4);
    const content = bytesOf(size, seed * 1_000 + blobs.length);
    const added = { digest: model.addBlob(repository, content), size, mediaType };
    blobs.push(added);
    return added;
  };
  const image = (extra: object = {}): Part => {
    const layers = Array.from({ length: Math.floor(random() * 6) }, () =>
      blob(types[Math.floor(random() * types.length)] ?? ''),
    );
    const foreign =
      random() < 0.1
        ? [
            {
              mediaType: FOREIGN,
              size: 7,
              digest: sha256('elsewhere'),
              urls: ['https://x.example'],
            },
          ]
        : [];
    const config = blob(
      isDocker
        ? 'application/vnd.docker.container.image.v1+json'
        : 'application/vnd.oci.image.config.v1+json',
    );
    const type = isDocker ? manifestTypes.dockerManifest : manifestTypes.ociManifest;
    return put(
      { config, layers: [...layers, ...foreign], annotations: { n: `${random()}` }, ...extra },
      type,
    );
  };
  const index = (depth: number): Part => {
    const children = Array.from({ length: 1 + Math.floor(random() * 3) }, (_none, at) => ({
      ...(depth > 0 && random() < 0.3 ? index(depth - 1) : image()),
      platform: { os: 'linux', architecture: `arch${at}` },
    }));
    return put(
      { manifests: children },
      isDocker ? manifestTypes.dockerList : manifestTypes.ociIndex,
    );
  };
  const root = random() < 0.4 ? image() : index(isPlain ? 0 : 2);
  if (!isPlain) attach(root, 2);
  repository.tag(tag, repository.images.get(root.digest) ?? fail(root));
  return root.digest;

  function attach(subject: Part, depth: number): void {
    while (random() < 0.4) {
      const refers = put(
        {
          artifactType: 'application/vnd.example.sbom',
          config: blob('application/vnd.oci.empty.v1+json'),
          layers: [blob('text/spdx')],
          subject,
          annotations: { n: `${random()}` },
        },
        manifestTypes.ociManifest,
      );
      if (depth > 0) attach(refers, depth - 1);
    }
    if (random() < 0.3) {
      put(
        {
          config: blob('application/vnd.oci.image.config.v1+json'),
          layers: [blob('application/vnd.dev.cosign.simplesigning.v1+json')],
          annotations: { n: `${random()}` },
        },
        manifestTypes.ociManifest,
        `${subject.digest.replace(':', '-')}.sig`,
      );
    }
  }
}

function fail(part: Part): never {
  throw new Error(`${part.digest} was not pushed`);
}

function sha256(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Mulberry32: small, seeded, the same everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function bytesOf(size: number, seed: number): Uint8Array {
  return Buffer.alloc(size, createHash('sha256').update(`layer ${seed}`).digest());
}
