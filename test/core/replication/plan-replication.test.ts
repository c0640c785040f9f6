import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImageGraph } from '../../../core/replication/image-graph.ts';
import {
  planReplication,
  type ReplicationPlan,
} from '../../../core/replication/plan-replication.ts';

const manifest = (digest: string) => ({ digest, mediaType: 'm', body: '{}' });
const blob = (digest: string, size: number) => ({ digest, size, mediaType: 'b' });

const graph: ImageGraph = {
  root: manifest('index'),
  manifests: [manifest('child'), manifest('index'), manifest('signature')],
  companions: [{ tag: 'sha256-index.sig', digest: 'signature' }],
  attachments: ['signature'],
  blobs: [blob('small', 1), blob('large', 9)],
  blobsOf: new Map([['child', ['small', 'large']]]),
  needs: new Map([['index', ['child']]]),
  referrers: [],
};

const nothing = (name: string) => ({
  name,
  tag: '1.0.0',
  missingBlobs: ['small', 'large'],
  manifests: [],
  tags: {},
});

const writesOf = ({ targets }: ReplicationPlan) =>
  targets[0]?.stages.map((stage) =>
    stage.map(({ manifest: { digest }, tag }) => (tag === undefined ? digest : `${digest} ${tag}`)),
  ) ?? [];

describe('planReplication', () => {
  test('writes everything to an empty target: children first, the tag last', () => {
    const plan = planReplication(graph, [nothing('b')]);
    expect(plan.blobs.map(({ blob: { digest } }) => digest)).toEqual(['large', 'small']);
    expect(writesOf(plan)).toEqual([['child', 'signature sha256-index.sig'], ['index 1.0.0']]);
  });

  test('plans nothing for a target that is whole', () => {
    const whole = {
      name: 'b',
      tag: '1.0.0',
      missingBlobs: [],
      manifests: ['child', 'index', 'signature'],
      tags: { 'sha256-index.sig': 'signature', '1.0.0': 'index' },
    };
    const plan = planReplication(graph, [whole]);
    const work = { blobs: 0, bytes: 0, presentBlobs: 2, presentBytes: 10, manifests: 0 };
    expect(plan).toEqual({ blobs: [], targets: [{ name: 'b', stages: [], work }] });
  });

  test('moves a tag that names another digest', () => {
    const stale = { ...nothing('b'), tags: { '1.0.0': 'older' } };
    expect(writesOf(planReplication(graph, [stale])).at(-1)).toEqual(['index 1.0.0']);
  });

  test('reads each blob once, for exactly the targets that lack it', () => {
    const subset = fc.subarray(['small', 'large']);
    fc.assert(
      fc.property(fc.array(subset, { maxLength: 5 }), (missing) => {
        const targets = missing.map((missingBlobs, at) => ({
          ...nothing(`r${at}`),
          missingBlobs,
        }));
        const plan = planReplication(graph, targets);
        const digests = plan.blobs.map((entry) => entry.blob.digest);
        expect(new Set(digests).size).toBe(digests.length);
        for (const { name, missingBlobs } of targets) {
          const planned = plan.blobs.filter((entry) => entry.targets.includes(name));
          expect(planned.map((entry) => entry.blob.digest).sort()).toEqual(
            [...missingBlobs].sort(),
          );
        }
      }),
    );
  });
});
