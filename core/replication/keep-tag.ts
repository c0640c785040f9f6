import type { ImageRegistry } from '../ports.ts';

/** A registry in which this tag is as if it were immutable: what it names, it goes on naming. */
export function keepTag(registry: ImageRegistry, kept: string): ImageRegistry {
  return {
    ...(registry.linkReferrers === undefined
      ? {}
      : { linkReferrers: async (...of) => registry.linkReferrers?.(...of) }),
    manifest: (...of) => registry.manifest(...of),
    digests: (...of) => registry.digests(...of),
    tags: (...of) => registry.tags(...of),
    referrers: (...of) => registry.referrers(...of),
    missingBlobs: (...of) => registry.missingBlobs(...of),
    readBlob: (...of) => registry.readBlob(...of),
    writeBlob: (...of) => registry.writeBlob(...of),
    putManifest: async (repository, manifest, tag) => {
      if (tag === kept) {
        const named = (await registry.digests(repository, [tag])).get(tag);
        if (named !== undefined && named !== manifest.digest) return 'tag-conflict';
      }
      return registry.putManifest(repository, manifest, tag);
    },
  };
}
