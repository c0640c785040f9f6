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

/** What an image in a task definition names, whatever registry it is in. */
export interface NamedUri {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Takes an image such as `registry.example:5000/shop/web:1.2.0` apart; without a tag: `latest`. */
export function parseImageUri(image: string): NamedUri {
  const [name = '', digest] = image.split('@');
  const slash = name.indexOf('/');
  const isHosted = /[.:]|^localhost$/.test(name.slice(0, Math.max(0, slash)));
  const path = isHosted ? name.slice(slash + 1) : name;
  const [repository = '', tag] = path.split(':');
  if (digest !== undefined) return { repository, digest, ...(tag === undefined ? {} : { tag }) };
  return { repository, tag: tag ?? 'latest' };
}
