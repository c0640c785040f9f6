/** A registry that ECR replicates to. */
export interface NativeDestination {
  readonly region: string;
  readonly registryId: string;
}

/** One rule of ECR's own replication; without filters it means every repository. */
export interface NativeRule {
  readonly destinations: readonly NativeDestination[];
  readonly filters?: readonly { readonly filter: string; readonly type: string }[];
}

/** How far ECR's own replication of one image is, for one region. */
export interface NativeStatus {
  readonly region: string;
  readonly state: 'under-way' | 'complete' | 'failed';
  readonly failureCode?: string;
}

/** ECR's own replication. */
export interface NativeReplication {
  /** All rules of a region's registry, whoever wrote them. */
  rules(region: string): Promise<readonly NativeRule[]>;
  /** Replaces all rules of a region's registry: ECR knows no other way and no version of them. */
  replaceRules(region: string, rules: readonly NativeRule[]): Promise<void>;
  /** Asked of the region it was pushed to; empty when no rule took it up. */
  statuses(region: string, repository: string, digest: string): Promise<readonly NativeStatus[]>;
}
