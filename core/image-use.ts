/** An image that something in a region runs, or would start next. */
export interface UsedImage {
  /** As it is written there: by tag, by digest or both. */
  readonly image: string;
  /** What it was resolved to, where a task runs it. */
  readonly digest?: string;
  /** Who uses it, for people: `The service shop/web`. */
  readonly by: string;
}

/** What the clusters of every region hold on to, as they say themselves. */
export interface ImageUse {
  /** Of every service and task of a cluster, whoever made them; none without such a cluster. */
  inCluster(region: string, cluster: string): Promise<readonly UsedImage[]>;
  /** Images of a task definition; none when it is deleted. */
  inTaskDefinition(region: string, taskDefinition: string): Promise<readonly string[]>;
}
