import type { RegistryClient } from './registry-client.ts';
import type { BlobUpload, UploadSession } from './upload-blob.ts';

/** Above the 5 MiB that ECR wants at least, below what common proxies take at most. */
const CHUNK_BYTES = 10 * 1024 * 1024;

/**
 * Uploads a blob in chunks. Counts its own offset, because ECR's `Range` stays at the first chunk,
 * and takes 201 for a chunk, as ECR answers, besides the specification's 202.
 */
export async function sendInChunks(
  client: RegistryClient,
  { repository, blob, open }: BlobUpload,
  session: UploadSession,
): Promise<void> {
  let { url, offset } = session;
  for await (const chunk of chunksOf(open(offset))) {
    const answer = await client.once({
      method: 'PATCH',
      url,
      repository,
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `${offset}-${offset + chunk.length - 1}`,
      },
      body: chunk,
      expect: [201, 202],
      what: `upload bytes ${offset} and on of ${blob.digest} to ${repository}`,
    });
    client.drop(answer);
    url = client.locate(answer.headers.location ?? url.href, url);
    offset += chunk.length;
  }
  const put = new URL(url);
  put.searchParams.set('digest', blob.digest);
  const what = `complete ${blob.digest} in ${repository}`;
  client.drop(await client.once({ method: 'PUT', url: put, repository, expect: [201], what }));
}

async function* chunksOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let length = 0;
  for await (const part of content) {
    for (let rest = part; rest.length > 0;) {
      const head = rest.subarray(0, CHUNK_BYTES - length);
      chunk.set(head, length);
      length += head.length;
      rest = rest.subarray(head.length);
      if (length < CHUNK_BYTES) continue;
      yield chunk;
      length = 0;
    }
  }
  if (length > 0) yield chunk.subarray(0, length);
}
