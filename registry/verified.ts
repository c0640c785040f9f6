import { createHash } from 'node:crypto';
import type { Descriptor } from '../core/ports.ts';

/** Bytes that are not what their digest says: a source that lies, or a broken store. */
export class WrongContent extends Error {
  override readonly name = 'WrongContent';
}

/**
 * Passes a blob through and verifies it on the way. The chunk that completes it is given on only
 * when the digest is right, so a wrong blob never becomes whole anywhere. A stream that starts in
 * the middle cannot be verified here; the registry that completes the blob does.
 */
export async function* verified(
  content: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
  from: number,
): AsyncGenerator<Uint8Array, void> {
  const [algorithm = '', wanted] = digest.split(':');
  const hash = from === 0 ? createHash(algorithm) : undefined;
  let received = from;
  const complete = () => {
    if (hash !== undefined && hash.digest('hex') !== wanted) {
      throw new WrongContent(
        `${digest}: the source sent other content than the digest says; push it there again`,
      );
    }
  };
  if (size === from) complete();
  for await (const chunk of content) {
    if (chunk.length === 0) continue;
    hash?.update(chunk);
    received += chunk.length;
    if (received > size) throw new WrongContent(`${digest}: more than ${size} bytes came`);
    if (received === size) complete();
    yield chunk;
  }
  if (received !== size) {
    throw new WrongContent(`${digest}: ${received} bytes came instead of ${size}`);
  }
}
