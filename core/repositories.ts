/** One image of a repository, as a listing gives it. */
export interface HeldImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAtMs: number;
  /** What it is attached to, if it is a signature or another artifact. */
  readonly subject?: string;
}

/** The repositories of every region as a whole, rather than one image of theirs. */
export interface Repositories {
  /** All that it holds, untagged images too; undefined when there is no such repository. */
  list(region: string, repository: string): Promise<readonly HeldImage[] | undefined>;
  /** How it is set up; undefined when there is no such repository. */
  settings(region: string, repository: string): Promise<RepositorySettings | undefined>;
  /** Makes it; one that is there already keeps its own settings, and gets policies it lacks. */
  create(region: string, repository: string, settings: RepositorySettings): Promise<void>;
  /**
   * Takes a tag from its image, and the image with its last tag; without a tag the image. What is
   * not there any more counts as removed. Returns what the registry refused to remove.
   */
  remove(
    region: string,
    repository: string,
    images: readonly RemovedImage[],
  ): Promise<readonly RefusedRemoval[]>;
}

/** What to remove: this tag as long as it names this image, or the image that has no tag. */
export interface RemovedImage {
  readonly digest: string;
  readonly tag?: string;
}

export interface RefusedRemoval extends RemovedImage {
  /** Why, as the registry says: an index refers to it, the tag names another image by now. */
  readonly cause: string;
}

/** What a repository is set up with, besides its images. */
export interface RepositorySettings {
  /** `MUTABLE`, `IMMUTABLE`, or one of them with exclusions. */
  readonly mutability: string;
  /** Patterns of tags that the mutability does not hold for. */
  readonly exclusions: readonly string[];
  readonly scansOnPush: boolean;
  /** `AES256`, `KMS` or `KMS_DSSE`. */
  readonly encryption: string;
  /** A key of the same region; without one KMS uses that of ECR. */
  readonly kmsKey?: string;
  /** JSON, as ECR keeps it. */
  readonly lifecyclePolicy?: string;
  readonly accessPolicy?: string;
}
