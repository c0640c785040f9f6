import * as z from 'zod/mini';
import { envelope, type EventOrigin, originOf, parseWith } from './event-envelope.ts';

/** Our own event: every region of the application holds the image. */
export interface ImageReplicated extends EventOrigin {
  readonly kind: 'image-replicated';
  readonly app: string;
  readonly repository: string;
  readonly digest: string;
  readonly tag: string;
  readonly regions: readonly string[];
}

/** The detail, as the replication loop publishes it. */
const imageReplicatedDetail = z.strictObject({
  app: z.string(),
  repository: z.string(),
  digest: z.string().check(z.startsWith('sha256:')),
  tag: z.string().check(z.minLength(1)),
  regions: z.array(z.string()),
});

const schema = z.object({ ...envelope, detail: imageReplicatedDetail });

export function parseImageReplicated(raw: unknown): ImageReplicated {
  const event = parseWith('The Image Replicated event', schema, raw);
  return { kind: 'image-replicated', ...originOf(event), ...event.detail };
}
