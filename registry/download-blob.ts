import type { BlobStream, Descriptor } from '../core/ports.ts';
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
export function downloadBlob(client: RegistryClient, download: BlobDownload): BlobStream {
  const current: { stream?: BlobStream } = {};
  return {
    [Symbol.asyncIterator]: () => receive(client, download, current),
    recycle: (chunk) => current.stream?.recycle?.(chunk),
  };
}

async function* receive(
  client: RegistryClient,
  { repository, blob, from }: BlobDownload,
  current: { stream?: BlobStream },
): AsyncGenerator<Uint8Array, void> {
  let position = from;
  let breaks = 0;
  while (position < blob.size) {
    try {
      current.stream = await openAt(client, { repository, blob, from: position });
      for await (const chunk of current.stream) {
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
): Promise<BlobStream> {
  const headers = from === 0 ? {} : { range: `bytes=${from}-` };
  let url: string | URL = `${repository}/blobs/${blob.digest}`;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    const { status, location, content } = await client.body({ url, repository, headers });
    if (content !== undefined)
      return status === 206 || from === 0 ? content : skipping(content, from);
    if (location === undefined) return refused(client, { url, repository, headers, blob, from });
    url = client.locate(location, url);
  }
  throw new RegistryError('refused', `${blob.digest}: more than ${REDIRECTS_MAX} redirects`);
}

interface BlobAt extends BlobDownload {
  readonly url: string | URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks once more in the ordinary way, which logs in, takes any framing or says what is wrong. */
async function refused(client: RegistryClient, asked: BlobAt): Promise<BlobStream> {
  const { url, repository, headers, blob, from } = asked;
  const what = `read ${blob.digest} of ${repository}`;
  try {
    const answer = await client.once({
      method: 'GET',
      url,
      repository,
      headers,
      expect: [200, 206],
      what,
    });
    const content = client.http.read(answer);
    return answer.status === 206 ? content : skipping(content, from);
  } catch (error) {
    // An expired address is refused by the store; the registry gives another one.
    const isStore = typeof url !== 'string';
    if (!isStore || !(error instanceof RegistryError) || error.status !== 403) throw error;
    const expired = `${blob.digest}: the address of the store has expired`;
    throw new RegistryError('broken', expired, { cause: error });
  }
}

/** Skips what came already when the store ignores the range. */
async function* skipping(content: BlobStream, bytes: number): AsyncGenerator<Uint8Array, void> {
  let skip = bytes;
  for await (const chunk of content) {
    const kept = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - kept.length;
    if (kept.length > 0) yield kept;
  }
}
