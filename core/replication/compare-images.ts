import type { ImageGraph } from './image-graph.ts';
import type { CopyTarget, Place } from './place.ts';
import { inParallel } from './in-parallel.ts';

/** Look-ups in flight at one registry. */
const PARALLEL = 8;

/** What a target lacks of an image, or has otherwise; one sentence each, none when it is equal. */
export async function compareImages(
  source: Place,
  graph: ImageGraph,
  target: CopyTarget,
): Promise<readonly string[]> {
  const { registry, repository, tag } = target;
  const digests = graph.manifests.map(({ digest }) => digest);
  const wanted = [
    ...graph.companions,
    ...(tag === undefined ? [] : [{ tag, digest: graph.root.digest }]),
  ];
  const [held, missing, unlinked] = await Promise.all([
    registry.digests(repository, [...digests, ...wanted.map((each) => each.tag)]),
    registry.missingBlobs(
      repository,
      graph.blobs.map(({ digest }) => digest),
    ),
    unlinkedReferrers(source, graph, target),
  ]);
  const moved = wanted.filter((each) => held.get(each.tag) !== each.digest);
  return [
    ...moved.map((each) => `the tag ${each.tag} names ${held.get(each.tag) ?? 'nothing'}`),
    ...digests.filter((digest) => !held.has(digest)).map((digest) => `no manifest ${digest}`),
    ...missing.map((digest) => `no layer ${digest}`),
    ...unlinked.map((digest) => `${digest} is not listed as a referrer`),
  ];
}

/** Referrers that the source lists and the target does not, where both can list them. */
async function unlinkedReferrers(
  source: Place,
  graph: ImageGraph,
  target: CopyTarget,
): Promise<readonly string[]> {
  const found = await inParallel(graph.manifests, PARALLEL, async ({ digest }) => {
    const listed = await source.registry.referrers(source.repository, digest);
    const known = new Set(graph.manifests.map((each) => each.digest));
    const wanted = listed.filter((each) => known.has(each.digest));
    if (wanted.length === 0) return [];
    const there = await target.registry.referrers(target.repository, digest);
    const digests = new Set(there.map((each) => each.digest));
    return wanted.map((each) => each.digest).filter((each) => !digests.has(each));
  });
  return found.flat();
}
