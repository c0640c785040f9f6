import type { Blob, ByteRange } from '../services/ecr/blob-store.ts';
import {
  headerOf,
  notAllowed,
  registryError,
  type RegistryReply,
  type RegistryRequest,
} from './registry-reply.ts';

/** `/v2/<name>/blobs/<digest>` */
export function answerBlob(request: RegistryRequest): RegistryReply {
  const { repository, reference, model, method } = request;
  const blob = repository.blobs.has(reference) ? model.store.get(reference) : undefined;
  if (blob === undefined) {
    return registryError(404, 'BLOB_UNKNOWN', `blob unknown to registry: ${reference}`);
  }
  if (method === 'DELETE') {
    repository.blobs.delete(reference);
    return { status: 202 };
  }
  if (method !== 'GET' && method !== 'HEAD') return notAllowed(request);
  return contentOf(blob, headerOf(request, 'range'));
}

/** A blob's bytes, or the range of them that was asked for. */
export function contentOf(blob: Blob, rangeHeader: string | undefined): RegistryReply {
  const range = rangeHeader === undefined ? undefined : parseRange(rangeHeader, blob.size);
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': blob.digest,
    'accept-ranges': 'bytes',
  };
  if (range === 'unsatisfiable') {
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${blob.size}` } };
  }
  if (range === undefined) {
    return {
      status: 200,
      headers: { ...headers, 'content-length': blob.size },
      body: blob.stream(),
    };
  }
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': range.end - range.start + 1,
      'content-range': `bytes ${range.start}-${range.end}/${blob.size}`,
    },
    body: blob.stream(range),
  };
}

/** Undefined for what is no single range of bytes: HTTP says to ignore it. */
function parseRange(header: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (match === null || header === 'bytes=-') return undefined;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}
