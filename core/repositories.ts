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
}
