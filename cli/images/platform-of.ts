import type { Manifest } from '../../core/ports.ts';
import { parseManifest } from '../../core/replication/parse-manifest.ts';
import type { Place } from '../../core/replication/place.ts';
import { CommandError, exitCode } from '../exit-code.ts';

/** One platform's manifest of an index, such as `linux/arm64`. */
export async function platformOf(
  place: Place,
  index: Manifest,
  platform: string,
): Promise<Manifest> {
  const content = parseManifest(index);
  if ('refused' in content) throw new CommandError(exitCode.failed, content.refused);
  const { manifests = [] } = JSON.parse(index.body) as {
    readonly manifests?: readonly {
      readonly digest: string;
      readonly platform?: { os?: string; architecture?: string; variant?: string };
    }[];
  };
  const named = manifests.map(
    ({ digest, platform: { os = '', architecture = '', variant } = {} }) => {
      const short = `${os}/${architecture}`;
      return { digest, short, full: variant === undefined ? short : `${short}/${variant}` };
    },
  );
  const found = named.find(({ short, full }) => [short, full].includes(platform));
  const manifest =
    found === undefined ? undefined : await place.registry.manifest(place.repository, found.digest);
  if (manifest !== undefined) return manifest;
  // Attestations stand in an index as images of an unknown platform.
  const there = named.map(({ full }) => full).filter((name) => !name.includes('unknown'));
  const text =
    there.length === 0
      ? `That image of ${place.name} is one image for one platform; leave --platform out.`
      : `${place.name} has no ${platform} of that image; it has ${there.join(', ')}.`;
  throw new CommandError(exitCode.usage, text);
}
