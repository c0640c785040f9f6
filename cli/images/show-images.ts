import { walkImage } from '../../core/replication/image-graph.ts';
import { parseManifest } from '../../core/replication/parse-manifest.ts';
import { parseReference } from '../../registry/image-reference.ts';
import { CommandError, exitCode } from '../exit-code.ts';
import { type Output, table } from '../output.ts';
import { openRegistries, type Registries } from './open-registries.ts';
import { readImage } from './read-image.ts';

/** Lists a repository's tags with their digests. */
export function listImages(repository: string, output: Output): Promise<void> {
  return reading(async (registries) => {
    const place = registries.place(parseReference(repository));
    const tags = (await place.registry.tags(place.repository)).map(({ tag, digest }) => ({
      tag,
      digest,
    }));
    const text = table(tags.map(({ tag, digest }) => [tag, digest]));
    output.data({ repository: place.name, tags }, text === '' ? 'No tags.' : text);
  });
}

/** Shows what an image is made of: manifests, attachments, layers and their sizes. */
export function showImage(image: string, output: Output): Promise<void> {
  return reading(async (registries) => {
    const reference = parseReference(image);
    const place = registries.place(reference);
    const root = await readImage(place, reference);
    const graph = await walkImage(place.registry, place.repository, root.digest, { known: root });
    if ('refused' in graph) throw new CommandError(exitCode.failed, graph.refused);
    const sizes = new Map(graph.blobs.map(({ digest, size }) => [digest, size]));
    const manifests = graph.manifests.map((manifest) => {
      const own = graph.blobsOf.get(manifest.digest) ?? [];
      const content = parseManifest(manifest);
      return {
        digest: manifest.digest,
        mediaType: manifest.mediaType,
        layers: own.length,
        bytes: own.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0),
        isAttachment: graph.attachments.includes(manifest.digest),
        ...('subject' in content ? { subject: content.subject } : {}),
      };
    });
    const bytes = graph.blobs.reduce((sum, { size }) => sum + size, 0);
    const rows = manifests.map((each) => [
      each.digest,
      each.isAttachment ? 'attached' : '',
      `${each.layers} blobs`,
      `${(each.bytes / 1_048_576).toFixed(1)} MiB`,
      each.mediaType,
    ]);
    const all = `${graph.blobs.length} blobs, ${(bytes / 1_048_576).toFixed(1)} MiB in all`;
    const { companions } = graph;
    output.data(
      { image: place.name, digest: root.digest, bytes, manifests, companions },
      `${place.name}@${root.digest}\n${table(rows)}\n${all}`,
    );
  });
}

async function reading(work: (registries: Registries) => Promise<void>): Promise<void> {
  const registries = openRegistries('pull');
  try {
    await work(registries);
  } finally {
    registries.close();
  }
}
