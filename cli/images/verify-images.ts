import { compareImages } from '../../core/replication/compare-images.ts';
import { walkImage } from '../../core/replication/image-graph.ts';
import { parseReference } from '../../registry/image-reference.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { openRegistries } from './open-registries.ts';
import { readImage } from './read-image.ts';

/** Compares an image with its copies: every manifest, layer, attachment and tag. */
export async function verifyImages(
  source: string,
  copies: readonly string[],
  output: Output,
): Promise<void> {
  const from = parseReference(source);
  const to = copies.map((text) => parseReference(text));
  const registries = openRegistries('pull');
  try {
    const place = registries.place(from);
    const root = await readImage(place, from);
    const graph = await walkImage(place.registry, place.repository, root.digest, { known: root });
    if ('refused' in graph) throw new CommandError(exitCode.failed, graph.refused);
    const found = await Promise.all(
      to.map(async (reference) => {
        const tag = reference.tag ?? from.tag ?? 'latest';
        const copy = { ...registries.place(reference), tag };
        return { copy: copy.name, differences: await compareImages(place, graph, copy) };
      }),
    );
    const parts = `${graph.manifests.length} manifests, ${graph.blobs.length} layers`;
    output.data(
      { source: place.name, digest: root.digest, copies: found },
      found
        .flatMap(({ copy, differences }) =>
          differences.length === 0
            ? [`${copy}: equal (${parts})`]
            : differences.map((difference) => `${copy}: ${difference}`),
        )
        .join('\n'),
    );
    if (found.some(({ differences }) => differences.length > 0)) process.exitCode = exitCode.drift;
  } finally {
    registries.close();
  }
}
