import type { Manifest } from '../../core/ports.ts';
import type { Place } from '../../core/replication/place.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import { CommandError, exitCode } from '../exit-code.ts';

/** The manifest that a reference names; ends the command when there is none. */
export async function readImage(
  { registry, repository, name }: Place,
  { tag, digest }: ImageReference,
): Promise<Manifest> {
  const reference = digest ?? tag ?? 'latest';
  const found = await registry.manifest(repository, reference);
  if (found !== undefined) return found;
  const remedy = `look with \`farshore images list ${name}\``;
  throw new CommandError(exitCode.usage, `${name} has no image ${reference}; ${remedy}.`);
}
