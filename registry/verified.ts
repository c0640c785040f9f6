import { createHash } from 'node:crypto';
import type { Descriptor } from '../core/ports.ts';

/** Bytes that are not what their digest says: a source that lies, or a broken store. */
export class WrongContent extends Error {
  override readonly name = 'WrongContent';
}

/**
 * Passes a blob through and verifies it on the way. The last bytes are kept back until the digest
 * is known to be right, so a wrong blob never becomes whole anywhere. A stream that starts in the
 * middle cannot be verified here; the registry that completes the blob does.
 */
export async function* verified(
  content: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
  from: number,
): AsyncGenerator<Uint8Array, void> {
  const [algorithm = '', wanted] = digest.split(':');
  const hash = from === 0 ? createHash(algorithm) : undefined;
  let kept: Uint8Array | undefined;
  let received = from;
  for await (const chunk of content) {
    hash?.update(chunk);
    received += chunk.length;
    if (received > size) throw new WrongContent(`${digest}: more than ${size} bytes came`);
    if (kept !== undefined) yield kept;
    kept = chunk;
  }
  if (received !== size) {
    throw new WrongContent(`${digest}: ${received} bytes came instead of ${size}`);
  }
  if (hash !== undefined && hash.digest('hex') !== wanted) {
    throw new WrongContent(`${digest}: the source sent other content than the digest says`);
  }
  if (kept !== undefined) yield kept;
}
