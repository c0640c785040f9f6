import {
  CompleteLayerUploadCommand,
  type ECRClient,
  InitiateLayerUploadCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import type { Descriptor } from '../core/ports.ts';
import { isAlreadyThere, isNamed } from './errors.ts';

const MIB = 1_048_576;

/** ECR refuses parts below 5 MiB except the last; larger ones than 10 MiB only cost memory. */
const PART_BYTES_MIN = 5 * MIB;
const PART_BYTES_MAX = 10 * MIB;

export interface LayerUpload {
  readonly repository: string;
  readonly blob: Descriptor;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Uploads one layer in consecutive parts; ECR verifies its digest at the end. A layer that is
 * there already, also because somebody else was faster, counts as uploaded.
 */
export async function uploadLayer(
  client: ECRClient,
  { repository, blob, content }: LayerUpload,
): Promise<void> {
  const { uploadId, partSize } = await client.send(
    new InitiateLayerUploadCommand({ repositoryName: repository }),
  );
  if (uploadId === undefined) throw new Error(`${repository}: ECR began an upload without an id`);

  const partMax = Math.min(Math.max(partSize ?? PART_BYTES_MAX, PART_BYTES_MIN), PART_BYTES_MAX);
  let first = 0;
  for await (const part of parts(content, Math.max(1, Math.min(partMax, blob.size)))) {
    await uploadPart(client, { repository, uploadId, first, part });
    first += part.byteLength;
  }
  if (first !== blob.size) {
    throw new Error(`${repository} ${blob.digest}: ${first} bytes came instead of ${blob.size}`);
  }
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

async function uploadPart(
  client: ECRClient,
  { repository, uploadId, first, part }: LayerPart,
): Promise<void> {
  // An empty layer is one part without bytes: an upload without any part cannot be completed.
  const last = Math.max(first, first + part.byteLength - 1);
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

/** Cuts a stream into parts of one size; the last is shorter, and the only one when it is empty. */
async function* parts(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  let buffer = new Uint8Array(size);
  let filled = 0;
  let count = 0;
  for await (const chunk of content) {
    let rest = chunk;
    while (filled + rest.byteLength > size) {
      const head = rest.subarray(0, size - filled);
      buffer.set(head, filled);
      yield buffer;
      count += 1;
      buffer = new Uint8Array(size);
      filled = 0;
      rest = rest.subarray(head.byteLength);
    }
    buffer.set(rest, filled);
    filled += rest.byteLength;
  }
  if (filled > 0 || count === 0) yield buffer.subarray(0, filled);
}
