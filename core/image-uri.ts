/** Name of the registry of an account in a region, as ECR spells it. */
export function registryHost(accountId: string, region: string): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com`;
}

/** An image pinned by digest, for a task definition. */
export function pinnedImage(
  accountId: string,
  region: string,
  repository: string,
  digest: string,
): string {
  return `${registryHost(accountId, region)}/${repository}@${digest}`;
}

/** The digest of a pinned image; undefined when it names a tag. */
export function digestOf(image: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
}
