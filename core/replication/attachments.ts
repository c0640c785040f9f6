import type { ImageRegistry } from '../ports.ts';

/** A signature, attestation, SBOM or other artifact that belongs to an image. */
export interface Attachment {
  readonly digest: string;
  /** Present when a tag ties it to its image rather than its `subject` field. */
  readonly tag?: string;
}

/** `sha256-<hex>` is the referrers tag of OCI 1.1's fallback; cosign adds the three endings. */
const ENDINGS = ['', '.sig', '.att', '.sbom'] as const;
const companionTag = /^(sha256)-([0-9a-f]{64})(?:\.sig|\.att|\.sbom)?$/;

/** The image that a companion tag belongs to; undefined for an ordinary tag. */
export function subjectOfTag(tag: string): string | undefined {
  const match = companionTag.exec(tag);
  return match === null ? undefined : `${match[1] ?? ''}:${match[2] ?? ''}`;
}

/** What is attached to one manifest, by the referrers API and by companion tags. */
export async function attachmentsOf(
  registry: ImageRegistry,
  repository: string,
  digest: string,
): Promise<readonly Attachment[]> {
  const tags = ENDINGS.map((ending) => `${digest.replace(':', '-')}${ending}`);
  const [referrers, tagged] = await Promise.all([
    registry.referrers(repository, digest),
    registry.digests(repository, tags),
  ]);
  return [
    ...referrers.map((referrer) => ({ digest: referrer.digest })),
    ...[...tagged].map(([tag, found]) => ({ tag, digest: found })),
  ];
}

/** Attachments of attachments: an SBOM's signature is two steps away from its image. */
const STEPS_MAX = 8;

/** What is attached to one manifest, directly or through another attachment. */
export async function allAttachmentsOf(
  registry: ImageRegistry,
  repository: string,
  digest: string,
): Promise<readonly Attachment[]> {
  const found = new Map<string, Attachment>();
  let level = [digest];
  for (let step = 0; step < STEPS_MAX && level.length > 0; step += 1) {
    const lists = await Promise.all(level.map((of) => attachmentsOf(registry, repository, of)));
    const fresh = lists.flat().filter((each) => !found.has(each.tag ?? each.digest));
    for (const each of fresh) found.set(each.tag ?? each.digest, each);
    level = [...new Set(fresh.map((each) => each.digest))];
  }
  return [...found.values()];
}
