import type {
  DescribeImageReplicationStatusRequest,
  DescribeImageReplicationStatusResponse,
  ImageReplicationStatus,
  ReplicationRule,
} from '@aws-sdk/client-ecr';
import { type Operation, ServiceError } from '../../service-model.ts';
import { findById } from './describe-images.ts';
import { ecrErrors } from './ecr-errors.ts';
import type { EcrModel } from './ecr-model.ts';
import { type Arrival, emitReplicationEvent, replicateImage } from './replicate-image.ts';
import type { Image, Repository } from './repository.ts';

/** An index waits for its children, and an unreachable region for better times, in ms. */
const AGAIN_MS = 5_000;
const UNREACHABLE_MS = 60_000;

/** Why an index fails whose children do not come. */
const CHILDREN_MISSING = 'ReferencedImagesNotFoundException';

/**
 * Brings one image to the registry of another region; a cloud lets faults have a say in it.
 * @throws ServiceError when the image can never arrive, any other error when it may later
 */
export type Replicate = (input: Arrival, region: string) => Promise<unknown>;

/**
 * ECR's own replication. It takes what is pushed while a rule is there, once and one hop far, each
 * manifest at its own pace and without a promise; and it has no filter but the repository's name.
 */
export class ImageReplication {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #model: EcrModel;
  readonly #replicate: Replicate;
  readonly #statuses = new Map<string, Map<string, ImageReplicationStatus>>();

  constructor(model: EcrModel, replicate?: Replicate) {
    this.#model = model;
    const arrive = replicateImage(model);
    this.#replicate = replicate ?? ((input, region) => arrive(input, region));
    this.operations = { DescribeImageReplicationStatus: this.#describeStatus() };
  }

  /** Starts what the rules of the region ask for. */
  pushed(repository: Repository, image: Image, tag: string | undefined): void {
    const { region, name } = repository;
    for (const to of destinationsOf(this.#model.settings.rules(region), name)) {
      this.#set(repository, image, { region: to, status: 'IN_PROGRESS' });
      this.#later(delayMs(this.#model.world.random.next()), {
        to,
        arrival: { repositoryName: name, digest: image.digest, tag, sourceRegion: region },
      });
    }
  }

  #later(ms: number, way: Way): void {
    const { arrival, to } = way;
    const name = `replication of ${arrival.repositoryName} to ${to}`;
    this.#model.world.after(ms, name, () => this.#deliver(way));
  }

  async #deliver(way: Way): Promise<void> {
    const { arrival, to } = way;
    const source = this.#model.find(arrival.sourceRegion, arrival.repositoryName);
    const image = source?.images.get(arrival.digest);
    if (source === undefined || image === undefined) return;
    const missing = this.#missingChildren(source, image, to);
    if (missing.some((status) => status === 'IN_PROGRESS')) {
      this.#later(AGAIN_MS, way);
      return;
    }
    try {
      if (missing.length > 0) throw new ServiceError(CHILDREN_MISSING, 'its children are missing');
      await this.#replicate(arrival, to);
      this.#set(source, image, { region: to, status: 'COMPLETE' });
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code.startsWith('Throttling')) {
        this.#later(UNREACHABLE_MS, way);
        return;
      }
      // AWS documents no failure codes; the name of the error says at least what went wrong.
      this.#set(source, image, { region: to, status: 'FAILED', failureCode: error.code });
      emitReplicationEvent(this.#model, to, { ...arrival, result: 'FAILED' });
    }
  }

  /**
   * How the children stand that an index still waits for, so that its tag stands for a whole
   * image. One that failed, or was there before the rule, never comes.
   */
  #missingChildren(source: Repository, image: Image, region: string) {
    const held = this.#model.find(region, source.name)?.images;
    return image.manifest.children
      .filter(({ digest }) => held?.has(digest) !== true)
      .map(({ digest }) => this.#statuses.get(keyOf(source, digest))?.get(region)?.status);
  }

  #set(repository: Repository, { digest }: Image, status: ImageReplicationStatus): void {
    const key = keyOf(repository, digest);
    const known = this.#statuses.get(key) ?? new Map<string, ImageReplicationStatus>();
    const registryId = this.#model.accountId;
    this.#statuses.set(key, known.set(status.region ?? '', { registryId, ...status }));
  }

  #describeStatus(): Operation<
    DescribeImageReplicationStatusRequest,
    DescribeImageReplicationStatusResponse
  > {
    const model = this.#model;
    return {
      resources: ({ repositoryName }, { region }) => [
        model.repositoryArn(region, repositoryName ?? ''),
      ],
      handle: ({ repositoryName, imageId = {} }, { region }) => {
        const repository = model.repository(region, repositoryName ?? '');
        const image = findById(repository, imageId);
        if (image === undefined) {
          const { imageDigest = 'null', imageTag = 'null' } = imageId;
          const text = `imageDigest:'${imageDigest}', imageTag:'${imageTag}'`;
          throw ecrErrors.imageNotFound(repository.name, text);
        }
        const found = this.#statuses.get(keyOf(repository, image.digest));
        return {
          repositoryName: repository.name,
          imageId,
          replicationStatuses: [...(found?.values() ?? [])],
        };
      },
    };
  }
}

function keyOf({ region, name }: Repository, digest: string): string {
  return `${region}/${name}@${digest}`;
}

interface Way {
  readonly arrival: Arrival;
  /** Region of the destination. */
  readonly to: string;
}

/** Regions that the rules send a repository to; a rule without filters means every repository. */
function destinationsOf(rules: readonly ReplicationRule[], repository: string): Set<string> {
  const meant = rules.filter(
    ({ repositoryFilters }) =>
      repositoryFilters?.some(({ filter = '' }) => repository.startsWith(filter)) ?? true,
  );
  const regions = meant.flatMap(({ destinations = [] }) => destinations.map((to) => to.region));
  return new Set(regions.filter((region) => region !== undefined));
}

/**
 * How long one image takes, by a number from 0 to 1. Users measured 2 to 4 seconds; AWS says that
 * most take less than 30 minutes and promises nothing.
 */
function delayMs(chance: number): number {
  const spread = (share: number, from: number, to: number): number =>
    Math.round(1_000 * (from + share * (to - from)));
  if (chance < 0.95) return spread(chance / 0.95, 2, 30);
  if (chance < 0.995) return spread((chance - 0.95) / 0.045, 30, 1_800);
  return spread((chance - 0.995) / 0.005, 1_800, 3_600);
}
