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
      const name = `${os}/${architecture}`;
      return { digest, names: [name, `${name}/${variant ?? ''}`] };
    },
  );
  const found = named.find(({ names }) => names.includes(platform));
  const manifest =
    found === undefined ? undefined : await place.registry.manifest(place.repository, found.digest);
  if (manifest !== undefined) return manifest;
  const there = named.map(({ names }) => names[0]).join(', ') || 'no platforms';
  throw new CommandError(
    exitCode.usage,
    `${place.name} has no ${platform} of that image; it has ${there}.`,
  );
}
