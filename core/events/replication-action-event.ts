import * as z from 'zod/mini';
import { envelope, type EventOrigin, originOf, parseWith } from './event-envelope.ts';

/** ECR's own replication finished or failed; sent in the destination region. */
export interface ImageReplicatedNatively extends EventOrigin {
  readonly kind: 'image-replicated-natively';
  readonly repository: string;
  readonly digest: string;
  readonly tag?: string;
  readonly sourceRegion: string;
  readonly succeeded: boolean;
}

const schema = z.object({
  ...envelope,
  detail: z.object({
    'action-type': z.literal('REPLICATE'),
    result: z.enum(['SUCCESS', 'FAILED']),
    'repository-name': z.string(),
    'image-digest': z.string(),
    'image-tag': z.optional(z.string()),
    'source-account': z.string(),
    'source-region': z.string(),
  }),
});

export function parseReplicationAction(raw: unknown): ImageReplicatedNatively {
  const event = parseWith('The ECR replication event', schema, raw);
  const { detail } = event;
  const tag = detail['image-tag'] ?? '';
  return {
    kind: 'image-replicated-natively',
    ...originOf(event),
    repository: detail['repository-name'],
    digest: detail['image-digest'],
    ...(tag === '' ? {} : { tag }),
    sourceRegion: detail['source-region'],
    succeeded: detail.result === 'SUCCESS',
  };
}
