import type { Descriptor } from '../core/ports.ts';
import type { HttpAnswer } from './http-client.ts';
import type { RegistryClient } from './registry-client.ts';
import { RegistryError } from './registry-error.ts';
import { isWorthRetrying, pause } from './retry.ts';

export interface BlobDownload {
  readonly repository: string;
  readonly blob: Descriptor;
  readonly from: number;
}

/** Breaks in a row without one new byte after which a download is given up. */
const BREAKS_MAX = 6;

const REDIRECTS_MAX = 5;

/** The bytes of a blob from an offset on; goes on where the connection broke. */
export async function* downloadBlob(
  client: RegistryClient,
  { repository, blob, from }: BlobDownload,
): AsyncGenerator<Uint8Array, void> {
  let position = from;
  let breaks = 0;
  while (position < blob.size || (blob.size === 0 && breaks === 0)) {
    try {
      const answer = await openAt(client, { repository, blob, from: position });
      for await (const chunk of fromPosition(client, answer, position)) {
        position += chunk.length;
        breaks = 0;
        yield chunk;
      }
      if (position >= blob.size) return;
      throw new RegistryError('broken', `${blob.digest} ended at byte ${position} of ${blob.size}`);
    } catch (error) {
      breaks += 1;
      if (breaks >= BREAKS_MAX || !isWorthRetrying(error)) throw error;
      client.noteRetry(error);
      await pause(client.means, breaks, error);
    }
  }
}

/**
 * Asks the registry anew each time and follows it to its store: the address that it gives there
 * expires, and a fresh one costs one small request.
 */
async function openAt(
  client: RegistryClient,
  { repository, blob, from }: BlobDownload,
): Promise<HttpAnswer> {
  let url: string | URL = `${repository}/blobs/${blob.digest}`;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const answer = await client.once({
      method: 'GET',
      url,
      repository,
      headers: from === 0 ? {} : { range: `bytes=${from}-` },
      // An expired address is refused by the store; the registry gives another one.
      expect: redirects === 0 ? [200, 206, 301, 302, 303, 307, 308] : [200, 206, 302, 307, 403],
      what: `read ${blob.digest} of ${repository}`,
    });
    if (answer.status < 300) return answer;
    client.drop(answer);
    if (answer.status === 403) {
      throw new RegistryError('broken', `${blob.digest}: the address of the store has expired`);
    }
    url = client.locate(answer.headers.location, url);
  }
  throw new RegistryError('refused', `${blob.digest}: more than ${REDIRECTS_MAX} redirects`);
}

/** Skips what came already when the store ignores the range. */
async function* fromPosition(
  client: RegistryClient,
  answer: HttpAnswer,
  position: number,
): AsyncGenerator<Uint8Array, void> {
  if (answer.status === 206 || position === 0) {
    yield* client.http.read(answer);
    return;
  }
  let skip = position;
  for await (const chunk of client.http.read(answer)) {
    const kept = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - kept.length;
    if (kept.length > 0) yield kept;
  }
}
