import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImageGraph } from '../../../core/replication/image-graph.ts';
import { orderWrites, type PlannedWrite } from '../../../core/replication/order-writes.ts';

const manifest = (digest: string) => ({ digest, mediaType: 'm', body: '{}' });

/** A graph from what each manifest needs; the first to be asked for is the root. */
function graphOf(root: string, needs: Readonly<Record<string, readonly string[]>>): ImageGraph {
  return {
    root: manifest(root),
    manifests: Object.keys(needs).map(manifest),
    companions: [],
    attachments: [],
    blobs: [],
    blobsOf: new Map(),
    needs: new Map(Object.entries(needs)),
    referrers: [],
  };
}

const told = (stages: readonly (readonly PlannedWrite[])[]) =>
  stages.map((stage) => stage.map(({ manifest: { digest }, tag }) => `${digest}:${tag ?? ''}`));

describe('orderWrites', () => {
  const own = { tag: 'v1', manifest: manifest('root') };

  test('writes a lone image once, with its tag', () => {
    const graph = graphOf('root', { root: [] });
    const stages = orderWrites(graph, { manifests: graph.manifests, companions: [], own });
    expect(told(stages)).toEqual([['root:v1']]);
  });

  test('writes the subject of a referrer by digest first, its tag last', () => {
    const graph = graphOf('root', { root: [], sbom: ['root'], signature: ['sbom'] });
    const stages = orderWrites(graph, { manifests: graph.manifests, companions: [], own });
    expect(told(stages)).toEqual([['root:'], ['sbom:'], ['signature:'], ['root:v1']]);
  });

  test('writes children side by side', () => {
    const graph = graphOf('root', { a: [], b: [], c: [], root: ['a', 'b', 'c'] });
    const stages = orderWrites(graph, { manifests: graph.manifests, companions: [], own });
    expect(told(stages)).toEqual([['a:', 'b:', 'c:'], ['root:v1']]);
  });

  test('writes a second tag of a companion after the companion', () => {
    const graph = graphOf('root', { root: [], s: [] });
    const companions = ['x.sig', 'y.sig'].map((tag) => ({
      tag,
      sourceTag: tag,
      manifest: manifest('s'),
    }));
    const stages = orderWrites(graph, { manifests: graph.manifests, companions, own });
    expect(told(stages)).toEqual([['s:x.sig'], ['s:y.sig'], ['root:v1']]);
  });

  test('writes only the tag where everything else is there', () => {
    const graph = graphOf('root', { root: [] });
    expect(told(orderWrites(graph, { manifests: [], companions: [], own }))).toEqual([['root:v1']]);
    expect(orderWrites(graph, { manifests: [], companions: [], own: undefined })).toEqual([]);
  });

  /** Manifests that need only earlier ones; any subset is missing; any subset has companion tags. */
  const cases = fc
    .array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
    .chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        root: fc.nat(rows.length - 1),
        missing: fc.subarray(rows.map((_row, at) => `${at}`)),
        tagged: fc.subarray(rows.map((_row, at) => `${at}`)),
      }),
    );

  test('writes all that is missing once, after what it needs, and the own tag last', () => {
    fc.assert(
      fc.property(cases, ({ rows, root, missing, tagged }) => {
        const needs = Object.fromEntries(
          rows.map((row, at) => [
            `m${at}`,
            at === 0 ? [] : [...new Set(row.map((to) => `m${to % at}`))],
          ]),
        );
        const graph = graphOf(`m${root}`, needs);
        const lacking = missing.map((at) => manifest(`m${at}`));
        const companions = tagged.map((at) => ({
          tag: `t${at}`,
          sourceTag: `t${at}`,
          manifest: manifest(`m${at}`),
        }));
        const stages = orderWrites(graph, {
          manifests: graph.manifests.filter(({ digest }) =>
            lacking.some((each) => each.digest === digest),
          ),
          companions,
          own: { tag: 'own', manifest: graph.root },
        });
        const there = new Set(Object.keys(needs).filter((of) => !missing.includes(of.slice(1))));
        for (const stage of stages) {
          for (const {
            manifest: { digest },
          } of stage) {
            for (const need of needs[digest] ?? []) expect(there).toContain(need);
          }
          for (const {
            manifest: { digest },
          } of stage)
            there.add(digest);
        }
        const tags = stages.flat().flatMap(({ tag }) => tag ?? []);
        expect([...there].sort()).toEqual(Object.keys(needs).sort());
        expect([...tags].sort()).toEqual([...tagged.map((at) => `t${at}`), 'own'].sort());
        expect(tags.at(-1)).toBe('own');
        const untagged = stages.flat().filter(({ tag }) => tag === undefined);
        expect(new Set(untagged.map((each) => each.manifest.digest)).size).toBe(untagged.length);
      }),
    );
  });
});
