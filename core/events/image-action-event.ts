import * as z from 'zod/mini';
import { envelope, type EventOrigin, originOf, parseWith } from './event-envelope.ts';

/** A manifest was pushed: an image, a child of a multi-architecture index, or a referrer. */
export interface ImagePushed extends EventOrigin {
  readonly kind: 'image-pushed';
  readonly repository: string;
  readonly digest: string;
  /** Absent on children and referrers, which have no tag of their own. */
  readonly tag?: string;
  readonly mediaType?: string;
  readonly artifactType?: string;
}

const schema = z.object({
  ...envelope,
  detail: z.object({
    'action-type': z.string(),
    result: z.string(),
    'repository-name': z.string(),
    'image-digest': z.optional(z.string()),
    'image-tag': z.optional(z.string()),
    'manifest-media-type': z.optional(z.string()),
    'artifact-media-type': z.optional(z.string()),
  }),
});

const pushSchema = z.extend(schema, {
  detail: z.extend(schema.shape.detail, { 'image-digest': z.string().check(z.startsWith('sha')) }),
});

/**
 * ECR Image Action and ECR Referrer Action share one shape. Deletions, archiving and failed
 * pushes are not ours. Real events carry `"image-tag": ""` where the documented ones carry none.
 */
export function parseImageAction(raw: unknown): ImagePushed | undefined {
  const what = 'The ECR image event';
  const any = parseWith(what, schema, raw).detail;
  if (any['action-type'] !== 'PUSH' || any.result !== 'SUCCESS') return undefined;
  const event = parseWith(what, pushSchema, raw);
  const tag = event.detail['image-tag'] ?? '';
  const mediaType = event.detail['manifest-media-type'];
  const artifactType = event.detail['artifact-media-type'];
  return {
    kind: 'image-pushed',
    ...originOf(event),
    repository: event.detail['repository-name'],
    digest: event.detail['image-digest'],
    ...(tag === '' ? {} : { tag }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}
