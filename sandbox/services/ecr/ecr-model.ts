import { registryHost } from '../../../core/image-uri.ts';
import type { Hub, Operation, Service } from '../../service-model.ts';
import type { World } from '../../world.ts';
import { BlobStore } from './blob-store.ts';
import { batchDeleteImage } from './batch-delete-image.ts';
import { batchGetImage } from './batch-get-image.ts';
import { CreationTemplates } from './creation-templates.ts';
import { describeImages, listImages } from './describe-images.ts';
import { ecrErrors } from './ecr-errors.ts';
import { getAuthorizationToken } from './get-authorization-token.ts';
import { ImageReplication, type Replicate } from './image-replication.ts';
import { layerOperations } from './layer-upload.ts';
import { batchCheckLayerAvailability, getDownloadUrlForLayer } from './layers.ts';
import { LayerLinks } from './layer-links.ts';
import { listImageReferrers } from './list-image-referrers.ts';
import { mediaTypes } from './manifest.ts';
import { putImage, putImageOperation, type NewImage } from './put-image.ts';
import { replicateImageOperation } from './replicate-image.ts';
import { ReplicationSettings } from './replication-settings.ts';
import { repositoryOperations } from './repositories.ts';
import { type Image, Repository, type TagMutability, type Upload } from './repository.ts';

export interface EcrOptions {
  readonly accountId: string;
  /** How replication reaches another region; by default nothing stands in its way. */
  readonly replicate?: Replicate;
}

/** The registries of one account: one per region, each with its repositories. */
export class EcrModel {
  readonly world: World;
  readonly hub: Hub;
  readonly accountId: string;
  readonly store = new BlobStore();
  readonly links: LayerLinks;
  readonly settings = new ReplicationSettings();
  readonly templates = new CreationTemplates();
  readonly replication: ImageReplication;
  readonly service: Service;
  readonly #repositories = new Map<string, Map<string, Repository>>();
  readonly #addresses = new Map<string, string>();

  constructor(world: World, hub: Hub, options: EcrOptions) {
    this.world = world;
    this.hub = hub;
    this.accountId = options.accountId;
    this.links = new LayerLinks(this);
    this.replication = new ImageReplication(this, options.replicate);
    this.service = { id: 'ecr', iamPrefix: 'ecr', operations: operationsOf(this) };
  }

  /** Where clients reach the registry of a region; without a server, its name in AWS. */
  registryUrl(region: string): string {
    return this.#addresses.get(region) ?? `https://${registryHost(this.accountId, region)}`;
  }

  /** Is told by the server that speaks the registry protocol for a region. */
  setRegistryUrl(region: string, url: string): void {
    this.#addresses.set(region, url);
  }

  repositories(region: string): readonly Repository[] {
    const found = [...(this.#repositories.get(region)?.values() ?? [])];
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Undefined when the region has no such repository. */
  find(region: string, name: string): Repository | undefined {
    return this.#repositories.get(region)?.get(name);
  }

  repository(region: string, name: string): Repository {
    const found = this.find(region, name);
    if (found === undefined) throw ecrErrors.repositoryNotFound(name, this.accountId);
    return found;
  }

  /** Creates it, or answers the one that is there. */
  createRepository(
    region: string,
    name: string,
    mutability: TagMutability = 'MUTABLE',
  ): Repository {
    const known = this.find(region, name);
    if (known !== undefined) return known;
    const createdAtMs = this.world.nowMs();
    const created = new Repository({ name, region, createdAtMs, mutability });
    const inRegion = this.#repositories.get(region) ?? new Map<string, Repository>();
    this.#repositories.set(region, inRegion.set(name, created));
    return created;
  }

  repositoryArn(region: string, name: string): string {
    return `arn:aws:ecr:${region}:${this.accountId}:repository/${name}`;
  }

  startUpload(repository: Repository): Upload {
    const upload = { id: this.world.random.uuid(), writer: this.store.writer(), parts: [] };
    repository.uploads.set(upload.id, upload);
    return upload;
  }

  /** Ends an upload: its content can be pulled from the repository now. */
  finishUpload(repository: Repository, upload: Upload): string {
    const { digest, size } = this.store.keep(upload.writer);
    repository.blobs.set(digest, size);
    repository.uploads.delete(upload.id);
    return digest;
  }

  /** Puts content straight into a repository, without an upload. */
  addBlob(repository: Repository, content: Uint8Array): string {
    const upload = this.startUpload(repository);
    upload.writer.append(content);
    return this.finishUpload(repository, upload);
  }

  /** Puts a manifest; both doors, the API's and the registry protocol's, end here. */
  putImage(region: string, name: string, image: NewImage): Image {
    return putImage(this, this.repository(region, name), image);
  }

  /** The digest of an image as a task definition names it; undefined when it is not there. */
  resolveImage(region: string, image: string): string | undefined {
    return this.#imageAt(region, image)?.digest;
  }

  /** Labels in the configuration of an image; of an index, those of its first platform. */
  imageLabels(region: string, image: string): Readonly<Record<string, string>> {
    const found = this.#imageAt(region, image);
    const name = parseImageName(image)?.repository ?? '';
    const child = found?.manifest.children[0]?.digest;
    const platform = child === undefined ? found : this.find(region, name)?.images.get(child);
    const config = platform?.manifest.config;
    if (config?.mediaType !== mediaTypes.config) return {};
    const bytes = this.store.get(config.digest)?.bytes();
    if (bytes === undefined) return {};
    const json = JSON.parse(Buffer.from(bytes).toString()) as {
      readonly config?: { readonly Labels?: Readonly<Record<string, string>> };
    };
    return json.config?.Labels ?? {};
  }

  /** Removes temporary files. */
  close(): void {
    this.store.close();
  }

  #imageAt(region: string, image: string): Image | undefined {
    const name = parseImageName(image);
    if (name?.accountId !== this.accountId || name.region !== region) return undefined;
    return this.find(region, name.repository)?.find(name.reference);
  }
}

function operationsOf(model: EcrModel): Readonly<Record<string, Operation>> {
  return {
    GetAuthorizationToken: getAuthorizationToken(model),
    ...repositoryOperations(model),
    ListImages: listImages(model),
    DescribeImages: describeImages(model),
    BatchGetImage: batchGetImage(model),
    BatchCheckLayerAvailability: batchCheckLayerAvailability(model),
    GetDownloadUrlForLayer: getDownloadUrlForLayer(model),
    ...layerOperations(model),
    PutImage: putImageOperation(model),
    ListImageReferrers: listImageReferrers(model),
    BatchDeleteImage: batchDeleteImage(model),
    ...model.settings.operations,
    ...model.templates.operations,
    ...model.replication.operations,
    ReplicateImage: replicateImageOperation(model),
  };
}

interface ImageName {
  readonly accountId: string;
  readonly region: string;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

const hostPattern = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;
const pathPattern = /^([^@:]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

function parseImageName(image: string): ImageName | undefined {
  const slash = image.indexOf('/');
  const [, accountId, region] = hostPattern.exec(image.slice(0, slash)) ?? [];
  const [, repository, tag, digest] = pathPattern.exec(image.slice(slash + 1)) ?? [];
  if (accountId === undefined || region === undefined || repository === undefined) return undefined;
  return { accountId, region, repository, reference: digest ?? tag ?? 'latest' };
}
