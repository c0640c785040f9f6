import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  ListImageReferrersCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import type {
  Descriptor,
  ImageRegistry,
  Images,
  Manifest,
  OpenBlob,
  TaggedImage,
  UploadPage,
} from '../core/ports.ts';
import type { PutManifest } from '../core/put-manifest.ts';
import { messageOf, StaleError } from '../core/errors.ts';
import { noUploadPage } from '../core/replication/upload-book.ts';
import { allPages } from './all-pages.ts';
import { downloadLayer, type Fetch } from './ecr-layer-download.ts';
import { EcrPressure } from './ecr-pressure.ts';
import { PART_BYTES_MAX, uploadLayer } from './ecr-layer-upload.ts';
import { isAlreadyThere, isNamed, isNotFound } from './errors.ts';

/** Every kind of manifest: what is not listed here, ECR would convert or refuse. */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** What BatchGetImage takes at once. */
const IMAGES_PER_LOOK = 100;

/** What BatchCheckLayerAvailability takes at once. */
const DIGESTS_PER_CHECK = 100;

/** The largest pages ECR gives. */
const IMAGES_PER_PAGE = 1_000;
const REFERRERS_PER_PAGE = 50;

/** The registries of an account, one for each region. */
export function ecrImages(
  client: (region: string) => ECRClient,
  fetch: Fetch,
  pressure = new EcrPressure(),
): Images {
  return {
    in: (region) => new EcrRegistry(client(region), fetch),
    takePressure: (region) => pressure.take(region),
  };
}

export class EcrRegistry implements ImageRegistry {
  /** A part, and the same part in base64, as text and as what is sent. */
  readonly bytesPerUpload = PART_BYTES_MAX * 4;
  readonly #client: ECRClient;
  readonly #fetch: Fetch;

  constructor(client: ECRClient, fetch: Fetch) {
    this.#client = client;
    this.#fetch = fetch;
  }

  async manifest(repositoryName: string, reference: string): Promise<Manifest | undefined> {
    const { images = [], failures = [] } = await this.#client.send(
      new BatchGetImageCommand({
        repositoryName,
        imageIds: [imageIdOf(reference)],
        acceptedMediaTypes: MANIFEST_TYPES,
      }),
    );
    const image = images[0];
    const failure = failures[0];
    if (image === undefined) {
      if (failure === undefined || failure.failureCode === 'ImageNotFound') return undefined;
      const { failureCode = 'failure', failureReason = 'no reason given' } = failure;
      throw new Error(`${repositoryName} ${reference}: ${failureCode}, ${failureReason}`);
    }
    const body = image.imageManifest ?? '';
    const digest = image.imageId?.imageDigest ?? reference;
    return { digest, mediaType: image.imageManifestMediaType ?? mediaTypeIn(body), body };
  }

  async digests(
    repositoryName: string,
    references: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(references)];
    const found = new Map<string, string>();
    for (let start = 0; start < wanted.length; start += IMAGES_PER_LOOK) {
      const imageIds = wanted.slice(start, start + IMAGES_PER_LOOK).map(imageIdOf);
      const { images = [], failures = [] } = await this.#client
        .send(
          new BatchGetImageCommand({
            repositoryName,
            imageIds,
            acceptedMediaTypes: MANIFEST_TYPES,
          }),
        )
        .catch(rethrowStale);
      for (const { failureCode, failureReason = 'no reason given' } of failures) {
        if (failureCode === 'ImageNotFound') continue;
        throw new Error(`${repositoryName}: ${failureCode ?? 'failure'}, ${failureReason}`);
      }
      for (const { imageId: { imageDigest = '', imageTag } = {} } of images) {
        if (imageTag !== undefined) found.set(imageTag, imageDigest);
        found.set(imageDigest, imageDigest);
      }
    }
    return new Map([...found].filter(([reference]) => wanted.includes(reference)));
  }

  async tags(repositoryName: string): Promise<readonly TaggedImage[]> {
    const pages = await allPages(async (nextToken) => {
      const { imageDetails = [], nextToken: next } = await this.#client.send(
        new DescribeImagesCommand({
          repositoryName,
          filter: { tagStatus: 'TAGGED' },
          maxResults: IMAGES_PER_PAGE,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      return { items: imageDetails, next };
    });
    return pages.flatMap(({ imageTags = [], imageDigest = '', imagePushedAt }) =>
      imageTags.map((tag) => ({
        tag,
        digest: imageDigest,
        pushedAtMs: imagePushedAt?.getTime() ?? 0,
      })),
    );
  }

  async referrers(repositoryName: string, imageDigest: string): Promise<readonly Descriptor[]> {
    try {
      const found = await allPages(async (nextToken) => {
        const { referrers = [], nextToken: next } = await this.#client.send(
          new ListImageReferrersCommand({
            repositoryName,
            subjectId: { imageDigest },
            maxResults: REFERRERS_PER_PAGE,
            ...(nextToken === undefined ? {} : { nextToken }),
          }),
        );
        return { items: referrers, next };
      });
      return found.map(({ digest = '', size = 0, mediaType = '' }) => ({
        digest,
        size,
        mediaType,
      }));
    } catch (error) {
      // A registry without referrers, or a subject that was deleted meanwhile, has none.
      if (isNotFound(error) || isNamed(error, 'UnknownOperationException')) return [];
      throw error;
    }
  }

  async missingBlobs(
    repositoryName: string,
    digests: readonly string[],
  ): Promise<readonly string[]> {
    const wanted = [...new Set(digests)];
    const available = new Set<string>();
    for (let start = 0; start < wanted.length; start += DIGESTS_PER_CHECK) {
      const layerDigests = wanted.slice(start, start + DIGESTS_PER_CHECK);
      const { layers = [] } = await this.#client
        .send(new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests }))
        .catch(rethrowStale);
      for (const layer of layers) {
        if (layer.layerAvailability === 'AVAILABLE') available.add(layer.layerDigest ?? '');
      }
    }
    return wanted.filter((digest) => !available.has(digest));
  }

  readBlob(repositoryName: string, blob: Descriptor, from = 0): AsyncIterable<Uint8Array> {
    const locate = async () => {
      const { downloadUrl } = await this.#client.send(
        new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: blob.digest }),
      );
      if (downloadUrl !== undefined) return downloadUrl;
      throw new Error(`${repositoryName} ${blob.digest}: ECR gave no address to download it from`);
    };
    return downloadLayer(this.#fetch, { locate, blob, from });
  }

  async writeBlob(
    repository: string,
    blob: Descriptor,
    open: OpenBlob,
    page: UploadPage = noUploadPage,
  ): Promise<void> {
    try {
      await uploadLayer(this.#client, { repository, blob, open, page });
    } catch (error) {
      throw asStale(error);
    }
  }

  async putManifest(
    repositoryName: string,
    manifest: Manifest,
    tag?: string,
  ): Promise<PutManifest> {
    try {
      await this.#client.send(
        new PutImageCommand({
          repositoryName,
          imageManifest: manifest.body,
          imageManifestMediaType: manifest.mediaType,
          imageDigest: manifest.digest,
          ...(tag === undefined ? {} : { imageTag: tag }),
        }),
      );
      return 'written';
    } catch (error) {
      if (isAlreadyThere(error)) return 'present';
      if (isNamed(error, 'ImageTagAlreadyExistsException')) return 'tag-conflict';
      if (isNamed(error, 'LayersNotFoundException')) return 'incomplete';
      if (isNamed(error, 'ReferencedImagesNotFoundException')) return 'incomplete';
      throw asStale(error);
    }
  }
}

function rethrowStale(error: unknown): never {
  throw asStale(error);
}

/** A repository that is gone may be made again; then the copy is planned anew. */
function asStale(error: unknown): unknown {
  if (!isNamed(error, 'RepositoryNotFoundException')) return error;
  return new StaleError(messageOf(error), { cause: error });
}

function imageIdOf(reference: string) {
  return reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
}

/** Old images were pushed without a media type beside the manifest; it then stands inside. */
function mediaTypeIn(body: string): string {
  const { mediaType } = JSON.parse(body) as { readonly mediaType?: string };
  return mediaType ?? 'application/vnd.oci.image.manifest.v1+json';
}
