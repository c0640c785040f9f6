import { PART_MIN } from '../services/ecr/layer-upload.ts';
import type { Upload } from '../services/ecr/repository.ts';
import {
  headerOf,
  notAllowed,
  registryError,
  type RegistryReply,
  type RegistryRequest,
} from './registry-reply.ts';

/** `POST /v2/<name>/blobs/uploads/`: starts an upload, takes a whole blob, or mounts one. */
export async function startUpload(request: RegistryRequest): Promise<RegistryReply> {
  if (request.method !== 'POST') return notAllowed(request);
  const { repository, url, model } = request;
  const mount = url.searchParams.get('mount');
  if (mount !== null && mountBlob(request, mount)) return created(request, mount);
  const upload = model.startUpload(repository);
  const digest = url.searchParams.get('digest');
  if (digest !== null) return finish({ ...request, reference: upload.id }, upload);
  return { status: 202, headers: progressOf(request, upload) };
}

/** `/v2/<name>/blobs/uploads/<id>`: chunks, the end, the state, or the cancelling of an upload. */
export async function continueUpload(request: RegistryRequest): Promise<RegistryReply> {
  const upload = request.repository.uploads.get(request.reference);
  if (upload === undefined) {
    return registryError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  }
  switch (request.method) {
    case 'GET':
      return { status: 204, headers: progressOf(request, upload) };
    case 'PATCH':
      return takeChunk(request, upload);
    case 'PUT':
      return finish(request, upload);
    case 'DELETE':
      request.repository.uploads.delete(upload.id);
      upload.writer.discard();
      return { status: 204 };
    default:
      return notAllowed(request);
  }
}

async function takeChunk(request: RegistryRequest, upload: Upload): Promise<RegistryReply> {
  const refusal = await receive(request, upload);
  if (refusal !== undefined) return refusal;
  // ECR answers 201 here, and clients must take it.
  return {
    status: request.profile === 'ecr-quirks' ? 201 : 202,
    headers: progressOf(request, upload),
  };
}

/** Appends the body; bytes that came before a broken connection stay. */
async function receive(
  request: RegistryRequest,
  upload: Upload,
): Promise<RegistryReply | undefined> {
  const contentRange = headerOf(request, 'content-range');
  const start = /^(?:bytes )?(\d+)-/.exec(contentRange ?? '')?.[1];
  if (start !== undefined && Number(start) !== upload.writer.size) {
    const text = `First byte of the layer part ${start} is not ${upload.writer.size}`;
    const refusal = registryError(416, 'BLOB_UPLOAD_INVALID', text);
    return { ...refusal, headers: { ...refusal.headers, ...progressOf(request, upload) } };
  }
  const before = upload.writer.size;
  for await (const chunk of request.body) upload.writer.append(chunk);
  if (upload.writer.size > before) upload.parts.push(upload.writer.size - before);
  return undefined;
}

async function finish(request: RegistryRequest, upload: Upload): Promise<RegistryReply> {
  const { repository, model, url, profile } = request;
  const refusal = await receive(request, upload);
  if (refusal !== undefined) return refusal;
  const wanted = url.searchParams.get('digest') ?? '';
  const isShort = upload.parts.slice(0, -1).some((length) => length < PART_MIN);
  if (profile === 'ecr-quirks' && isShort) {
    return registryError(400, 'BLOB_UPLOAD_INVALID', 'Layer parts must be at least 5 MiB in size');
  }
  if (upload.writer.digest() !== wanted) {
    const text = `provided digest ${wanted} did not match uploaded content`;
    return registryError(400, 'DIGEST_INVALID', text);
  }
  model.finishUpload(repository, upload);
  return created(request, wanted);
}

function mountBlob({ url, model, region, repository, profile }: RegistryRequest, digest: string) {
  const { from } = Object.fromEntries(url.searchParams);
  const source = from === undefined ? undefined : model.find(region, from);
  const size = source?.blobs.get(digest);
  if (source === undefined || size === undefined) return false;
  // ECR mounts only what an image of the source repository is made of.
  if (profile === 'ecr-quirks' && !source.isReferenced(digest)) return false;
  repository.blobs.set(digest, size);
  return true;
}

function created({ repository }: RegistryRequest, digest: string): RegistryReply {
  return {
    status: 201,
    headers: {
      location: `/v2/${repository.name}/blobs/${digest}`,
      'docker-content-digest': digest,
    },
  };
}

/** Where the upload goes on. With ECR's quirks the range sticks at the end of the first chunk. */
function progressOf({ repository, profile }: RegistryRequest, upload: Upload) {
  const stored = profile === 'ecr-quirks' ? (upload.parts[0] ?? 0) : upload.writer.size;
  return {
    location: `/v2/${repository.name}/blobs/uploads/${upload.id}`,
    range: `0-${Math.max(0, stored - 1)}`,
    'docker-upload-uuid': upload.id,
    ...(profile === 'ecr-quirks' ? { 'oci-chunk-min-length': `${PART_MIN}` } : {}),
  };
}
