import type { Descriptor, OpenBlob, UploadPage } from '../core/ports.ts';
import { ContentFailed } from './http-client.ts';
import type { RegistryClient } from './registry-client.ts';
import { RegistryError } from './registry-error.ts';
import { isWorthRetrying, pause } from './retry.ts';
import { sendInChunks } from './send-in-chunks.ts';

export interface BlobUpload {
  readonly repository: string;
  readonly blob: Descriptor;
  readonly open: OpenBlob;
  readonly page: UploadPage;
}

/** A session that the registry gave, and how far it got. */
export interface UploadSession {
  readonly url: URL;
  readonly offset: number;
}

const ATTEMPTS_MAX = 6;

/** A registry that hangs up on a beginning does so again: ECR, when the repository is missing. */
const BEGIN_ATTEMPTS_MAX = 3;

/**
 * Uploads one blob in one request, after asking where to. An upload that broke, also one that
 * another process began, goes on where the registry says it stopped; when it does not say, or has
 * lost the session, the blob is sent again. The registry verifies the digest at the end.
 */
export async function uploadBlob(client: RegistryClient, upload: BlobUpload): Promise<void> {
  const { page } = upload;
  let isChunked = false;
  let session = await resumed(client, upload, (await page.read())?.id);
  for (let attempt = 1; ; attempt += 1) {
    try {
      session ??= await begin(client, upload);
      await page.write({ id: session.url.href, receivedBytes: session.offset });
      if (isChunked) await sendInChunks(client, upload, session);
      else await sendWhole(client, upload, session);
      await page.forget();
      return;
    } catch (error) {
      // The reader of the source has tried again by itself, so its failure is final here.
      if (error instanceof ContentFailed) throw error.cause;
      isChunked ||= isTooLarge(error);
      if (attempt >= ATTEMPTS_MAX || !isWorthAnother(error)) throw error;
      client.noteRetry(error);
      await pause(client.means, attempt, error);
      session = isChunked ? undefined : await resumed(client, upload, session?.url.href);
    }
  }
}

async function begin(
  client: RegistryClient,
  { repository, blob }: BlobUpload,
): Promise<UploadSession> {
  const url = `${repository}/blobs/uploads/`;
  const what = `begin the upload of ${blob.digest} to ${repository}`;
  try {
    const answer = await client.call(
      { method: 'POST', url, repository, expect: [202], what },
      BEGIN_ATTEMPTS_MAX,
    );
    client.drop(answer);
    return { url: client.locate(answer.headers.location, url), offset: 0 };
  } catch (error) {
    if (!(error instanceof RegistryError) || error.failure !== 'unreachable') throw error;
    const hint = `; if the repository ${repository} does not exist there, create it first`;
    throw new RegistryError('unreachable', `${error.message}${hint}`, { cause: error });
  }
}

/** Asks a begun upload how far it got; undefined when it is lost or does not tell. */
async function resumed(
  client: RegistryClient,
  { repository, blob }: BlobUpload,
  location: string | undefined,
): Promise<UploadSession | undefined> {
  if (location === undefined || !URL.canParse(location)) return undefined;
  try {
    const url = new URL(location);
    const what = `ask for the upload of ${blob.digest}`;
    const answer = await client.once({ method: 'GET', url, repository, expect: [204], what });
    client.drop(answer);
    const { range, location: next = location } = answer.headers;
    // ECR's range stays at the first chunk whatever came later, so it says nothing.
    if (answer.headers['oci-chunk-min-length'] !== undefined) return undefined;
    const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(range ?? '')?.[1] ?? 0);
    const offset = last === 0 ? 0 : last + 1;
    return offset > blob.size ? undefined : { url: client.locate(next, url), offset };
  } catch (error) {
    // Whatever the registry thinks of the old session: a new one is always possible.
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}

async function sendWhole(
  client: RegistryClient,
  { repository, blob, open }: BlobUpload,
  { url, offset }: UploadSession,
): Promise<void> {
  const put = new URL(url);
  put.searchParams.set('digest', blob.digest);
  const answer = await client.once({
    method: 'PUT',
    url: put,
    repository,
    headers: {
      'content-type': 'application/octet-stream',
      ...(offset === 0 ? {} : { 'content-range': `${offset}-${blob.size - 1}` }),
    },
    body: { length: blob.size - offset, content: open(offset) },
    expect: [201],
    what: `upload ${blob.digest} to ${repository}`,
  });
  client.drop(answer);
}

/** A proxy in front of the registry that takes only so much at once. */
function isTooLarge(error: unknown): boolean {
  return error instanceof RegistryError && error.status === 413;
}

/** Besides what passes by itself: sessions that are lost or disagree, begun again. */
function isWorthAnother(error: unknown): boolean {
  if (isWorthRetrying(error) || isTooLarge(error)) return true;
  if (!(error instanceof RegistryError)) return false;
  const { status, code = '' } = error;
  return status === 416 || /^(BLOB_UPLOAD_UNKNOWN|BLOB_UPLOAD_INVALID|DIGEST_INVALID)$/.test(code);
}
