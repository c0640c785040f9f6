import {
  CompleteLayerUploadCommand,
  type ECRClient,
  InitiateLayerUploadCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { TerminalError } from '../core/errors.ts';
import type { BegunUpload, Descriptor, OpenBlob, UploadPage } from '../core/ports.ts';
import { isAlreadyThere, isNamed } from './errors.ts';

const MIB = 1_048_576;

/** ECR refuses parts below 5 MiB except the last; larger ones than 10 MiB only cost memory. */
const PART_BYTES_MIN = 5 * MIB;
export const PART_BYTES_MAX = 10 * MIB;

/** Uploads of one layer that may go wrong in a way that another can do better. */
const ATTEMPTS_MAX = 4;

export interface LayerUpload {
  readonly repository: string;
  readonly blob: Descriptor;
  readonly open: OpenBlob;
  readonly page: UploadPage;
}

/** An upload under way; parts of one size follow each other. */
interface Session extends BegunUpload {
  readonly partBytes: number;
}

/**
 * Uploads one layer in consecutive parts; ECR verifies its digest at the end. An upload that
 * stands on the page goes on where ECR says it ended; a lost one begins again. A layer that is
 * there already, also because somebody else was faster, counts as uploaded.
 */
export async function uploadLayer(client: ECRClient, upload: LayerUpload): Promise<void> {
  const { blob, page, repository } = upload;
  if (blob.size === 0) {
    // EmptyUploadException: an upload without parts cannot be completed, and no part is empty.
    throw new TerminalError(
      `${repository} ${blob.digest}: ECR takes no layers without bytes; build the image without it`,
    );
  }
  const known = await page.read();
  let session: Session | undefined = known && { ...known, partBytes: PART_BYTES_MAX };
  for (let attempt = 1; ; attempt += 1) {
    session ??= await begin(client, upload);
    try {
      await send(client, upload, session);
      await complete(client, upload, session.id);
      await page.forget();
      return;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      session = sessionAfter(error, session, attempt > 1 || known !== undefined);
    }
  }
}

/** Where to go on after a failure: further along, or from the beginning; throws when nowhere. */
function sessionAfter(error: unknown, session: Session, isResumed: boolean): Session | undefined {
  if (isNamed(error, 'InvalidLayerPartException')) {
    const last = lastByteReceived(error);
    if (last !== undefined) return { ...session, receivedBytes: last + 1 };
  }
  if (isNamed(error, 'UploadNotFoundException')) return undefined;
  // What an earlier run sent was not verified while it was read, or was cut at another size.
  const isSpoilt =
    isNamed(error, 'InvalidLayerException') || isNamed(error, 'LayerPartTooSmallException');
  if (isResumed && isSpoilt) return undefined;
  throw error;
}

async function begin(client: ECRClient, { repository, page }: LayerUpload): Promise<Session> {
  const { uploadId, partSize } = await client.send(
    new InitiateLayerUploadCommand({ repositoryName: repository }),
  );
  if (uploadId === undefined) throw new Error(`${repository}: ECR began an upload without an id`);
  const partBytes = Math.min(Math.max(partSize ?? PART_BYTES_MAX, PART_BYTES_MIN), PART_BYTES_MAX);
  const begun = { id: uploadId, receivedBytes: 0 };
  await page.write(begun);
  return { ...begun, partBytes };
}

async function send(client: ECRClient, upload: LayerUpload, session: Session): Promise<void> {
  const { repository, blob, open, page } = upload;
  const { id, partBytes } = session;
  let first = session.receivedBytes;
  if (first === blob.size) return;
  for await (const part of parts(open(first), Math.min(partBytes, blob.size - first))) {
    await sendPart(client, { repository, uploadId: id, first, part });
    first += part.byteLength;
    await page.write({ id, receivedBytes: first });
  }
  if (first !== blob.size) {
    throw new Error(`${repository} ${blob.digest}: ${first} bytes came instead of ${blob.size}`);
  }
}

async function complete(
  client: ECRClient,
  { repository, blob }: LayerUpload,
  uploadId: string,
): Promise<void> {
  try {
    await client.send(
      new CompleteLayerUploadCommand({
        repositoryName: repository,
        uploadId,
        layerDigests: [blob.digest],
      }),
    );
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
}

interface LayerPart {
  readonly repository: string;
  readonly uploadId: string;
  readonly first: number;
  readonly part: Uint8Array;
}

async function sendPart(
  client: ECRClient,
  { repository, uploadId, first, part }: LayerPart,
): Promise<void> {
  const last = first + part.byteLength - 1;
  try {
    await client.send(
      new UploadLayerPartCommand({
        repositoryName: repository,
        uploadId,
        partFirstByte: first,
        partLastByte: last,
        layerPartBlob: part,
      }),
    );
  } catch (error) {
    // The part arrived and its answer was lost: the repetition is not consecutive any more.
    if (isNamed(error, 'InvalidLayerPartException') && lastByteReceived(error) === last) return;
    throw error;
  }
}

function lastByteReceived(error: unknown): number | undefined {
  return (error as { readonly lastValidByteReceived?: number }).lastValidByteReceived;
}

/** Cuts a stream into parts of one size; the last may be shorter. */
async function* parts(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  // One buffer for all parts: a part has left by the time the next one is asked for.
  const buffer = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of content) {
    let rest = chunk;
    while (filled + rest.byteLength > size) {
      const head = rest.subarray(0, size - filled);
      buffer.set(head, filled);
      yield buffer;
      filled = 0;
      rest = rest.subarray(head.byteLength);
    }
    buffer.set(rest, filled);
    filled += rest.byteLength;
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
